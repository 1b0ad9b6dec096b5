// SPDX-License-Identifier: Apache-2.0
//
// Lets a snippet define again what an earlier one, or a header, has defined.
//
// C and C++ know no second definition, so the earlier one is hidden: no later text finds it, while
// code that was compiled with it keeps it. What takes its name is called otherwise for the linker:
// functions and variables by a label, types and templates by an ABI tag, so that both may live in
// one program. Two more things that only a REPL needs are done to each declaration before code is
// made of it: a `static` one becomes visible to the snippets to come, and C's `int x;` is a
// definition at once.
//
// Owned by the compiler, told of declarations by the compiler's consumer. Knows nothing of running
// code.
#pragma once

#include "diagnostics.hpp"

#include <clang/AST/DeclBase.h>
#include <clang/AST/DeclGroup.h>

#include <set>
#include <string>
#include <vector>

namespace clang {
class ASTContext;
class DeclContext;
class FunctionDecl;
class NamedDecl;
class Sema;
class TagDecl;
class VarDecl;
}  // namespace clang

namespace quern {

class Redefinitions {
 public:
  // A snippet begins.
  void begin();
  // Before code is made of them.
  void declared(clang::DeclGroupRef group, clang::ASTContext& context);
  void defined(clang::TagDecl* tag, clang::ASTContext& context);

  // The `main` that the snippet has defined, or null.
  clang::FunctionDecl* main() const { return main_; }

  // The earlier declarations that stand in the snippet's way.
  std::vector<clang::NamedDecl*> in_the_way(const std::vector<Previous>& previous,
                                            clang::Sema& sema) const;
  void hide(clang::NamedDecl* decl, clang::Sema& sema);

 private:
  void declared(clang::Decl* decl, clang::ASTContext& context);
  void name_anew(clang::NamedDecl* decl, clang::ASTContext& context);
  void tag_anew(clang::NamedDecl* decl, clang::ASTContext& context);
  void share(clang::VarDecl* variable, clang::ASTContext& context);
  void share(clang::FunctionDecl* function, clang::ASTContext& context);
  clang::NamedDecl* of_a_snippet(clang::SourceLocation place, clang::Sema& sema) const;

  std::vector<clang::NamedDecl*> known_;  // by earlier snippets and by this one
  std::size_t earlier_ = 0;               // so many of known_ by earlier ones
  std::set<std::string> hidden_;          // qualified names
  unsigned labels_ = 0;
  clang::FunctionDecl* main_ = nullptr;
};

}  // namespace quern
