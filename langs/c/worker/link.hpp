// SPDX-License-Identifier: Apache-2.0
//
// A snippet's code before it is linked: which names it needs that nothing defines, and where it
// begins.
//
// A failed link cannot be taken back: it spoils what other snippets have in common with that one.
// Stateless. Compiles nothing and runs nothing.
#pragma once

#include <string>
#include <vector>

namespace llvm {
class Module;
namespace orc {
class LLJIT;
}
}  // namespace llvm

namespace quern {

// As people write them.
std::vector<std::string> undefined_names(const llvm::Module& code, llvm::orc::LLJIT& engine);

// What runs when the code is linked calls that function first.
void begin_with(const char* function, llvm::Module& code);

}  // namespace quern
