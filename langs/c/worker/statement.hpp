// SPDX-License-Identifier: Apache-2.0
//
// Gives what top-level statements declare within themselves, such as the lambda in an argument or a
// type in a block, a function to belong to.
//
// The compiler lets such a statement own them, but does not know what to call them for the linker,
// and crashes. So each is given over to a function that is never defined, as soon as it is whole
// and before code is made of it: all is then as in the body of any function. Owned by the compiler,
// told by the compiler's consumer.
#pragma once

namespace clang {
class ASTContext;
class Decl;
class FunctionDecl;
class TranslationUnitDecl;
}  // namespace clang

namespace quern {

class Statements {
 public:
  // Called whenever code may be made of anything.
  void settle(clang::ASTContext& context);

 private:
  void settle(clang::Decl* statement, clang::ASTContext& context);

  clang::FunctionDecl* owner_ = nullptr;
  const clang::TranslationUnitDecl* unit_ = nullptr;
  clang::Decl* last_ = nullptr;  // of the unit that was looked at; it may have grown since
};

}  // namespace quern
