// SPDX-License-Identifier: Apache-2.0
//
// Puts the worker between parsing and code generation: each declaration is shown to Redefinitions
// and Statements before code is made of it.
//
// Clang makes its consumers itself, from what is registered with it, when a compiler is made; so
// whom to tell is set by a function and kept for the process, in which there is one compiler.
#pragma once

namespace quern {

class Redefinitions;
class Statements;

// Null: nobody is told. Must have been called once before the compiler is made.
void observe_declarations(Redefinitions* redefinitions, Statements* statements);

}  // namespace quern
