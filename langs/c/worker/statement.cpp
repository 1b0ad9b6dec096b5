// SPDX-License-Identifier: Apache-2.0
#include "statement.hpp"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/DeclCXX.h>

namespace quern {
namespace {

clang::FunctionDecl* make_owner(clang::ASTContext& context) {
  clang::QualType type =
      context.getFunctionType(context.VoidTy, {}, clang::FunctionProtoType::ExtProtoInfo());
  return clang::FunctionDecl::Create(context, context.getTranslationUnitDecl(), {}, {},
                                     &context.Idents.get("__quern_statement"), type, nullptr,
                                     clang::SC_None);
}

// An open lambda still looks through its statement for what it captures.
bool is_whole(const clang::Decl* decl) {
  if (const auto* tag = llvm::dyn_cast<clang::TagDecl>(decl)) {
    return tag->isCompleteDefinition() && !tag->isBeingDefined();
  }
  const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl);
  return variable && variable->isStaticLocal();
}

}  // namespace

void Statements::settle(clang::ASTContext& context) {
  clang::TranslationUnitDecl* unit = context.getTranslationUnitDecl();
  if (unit != unit_) {
    unit_ = unit;
    last_ = nullptr;
  }
  clang::Decl* next = last_ ? last_ : unit->decls_empty() ? nullptr : *unit->decls_begin();
  for (; next; next = next->getNextDeclInContext()) {
    last_ = next;
    if (llvm::isa<clang::TopLevelStmtDecl>(next)) {
      settle(next, context);
    }
  }
}

void Statements::settle(clang::Decl* statement, clang::ASTContext& context) {
  auto* scope = llvm::cast<clang::DeclContext>(statement);
  for (clang::Decl* decl : scope->decls()) {
    if (decl->getDeclContext() == scope && is_whole(decl)) {
      owner_ = owner_ ? owner_ : make_owner(context);
      decl->setDeclContext(owner_);
    }
  }
}

}  // namespace quern
