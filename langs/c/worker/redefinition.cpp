// SPDX-License-Identifier: Apache-2.0
#include "redefinition.hpp"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclContextInternals.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/Expr.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Sema/IdentifierResolver.h>
#include <clang/Sema/Scope.h>
#include <clang/Sema/Sema.h>

#include <algorithm>

namespace quern {
namespace {

// The cached linkage of a declaration is settled while it is parsed, before its storage class is
// changed here.
struct Linkable : clang::Decl {
  static void make_external(const clang::Decl* decl) {
    (decl->*(&Linkable::setCachedLinkage))(clang::Linkage::External);
  }
};

bool at_file_level(const clang::Decl* decl) {
  return decl->getDeclContext()->getRedeclContext()->isFileContext();
}

// Names of a linker are no concern of templates: their code comes by instantiation.
bool is_plain(const clang::FunctionDecl* function) {
  return function->getTemplatedKind() == clang::FunctionDecl::TK_NonTemplate &&
         !llvm::isa<clang::CXXMethodDecl>(function);
}

// C++ remembers what C's functions are called, wherever they were declared.
void forget_c_name(clang::NamedDecl* decl, clang::ASTContext& context) {
  clang::StoredDeclsMap* names =
      context.getLangOpts().CPlusPlus ? context.getExternCContextDecl()->getLookupPtr() : nullptr;
  auto entry = names ? names->find(decl->getDeclName()) : clang::StoredDeclsMap::iterator();
  if (!names || entry == names->end()) {
    return;
  }
  clang::DeclContextLookupResult known = entry->second.getLookupResult();
  if (std::find(known.begin(), known.end(), decl) != known.end()) {
    entry->second.remove(decl);
  }
}

std::vector<clang::NamedDecl*> visible(clang::DeclarationName name, clang::NamedDecl* same,
                                       clang::Sema& sema) {
  std::vector<clang::NamedDecl*> found;
  for (auto at = sema.IdResolver.begin(name); at != sema.IdResolver.end(); ++at) {
    if ((*at)->getCanonicalDecl() == same->getCanonicalDecl()) {
      found.push_back(*at);
    }
  }
  return found;
}

}  // namespace

void Redefinitions::begin() {
  earlier_ = known_.size();
  main_ = nullptr;
}

void Redefinitions::declared(clang::DeclGroupRef group, clang::ASTContext& context) {
  for (clang::Decl* decl : group) {
    declared(decl, context);
  }
}

void Redefinitions::declared(clang::Decl* decl, clang::ASTContext& context) {
  if (llvm::isa<clang::NamespaceDecl, clang::LinkageSpecDecl>(decl)) {
    // A namespace without a name is of one module alone, and each snippet is one; with any name it
    // is like others.
    if (auto* space = llvm::dyn_cast<clang::NamespaceDecl>(decl);
        space && space->isAnonymousNamespace()) {
      space->setDeclName(&context.Idents.get("_unnamed"));
      for (clang::Decl* inner : space->decls()) {
        Linkable::make_external(inner);
      }
    }
    for (clang::Decl* inner : llvm::cast<clang::DeclContext>(decl)->decls()) {
      declared(inner, context);
    }
    return;
  }
  auto* named = llvm::dyn_cast<clang::NamedDecl>(decl);
  if (!named || context.getSourceManager().isInSystemHeader(decl->getLocation()) ||
      !at_file_level(decl)) {
    return;
  }
  if (!llvm::isa<clang::CXXMethodDecl>(named)) {
    known_.push_back(named);
  }
  name_anew(named, context);
  if (auto* variable = llvm::dyn_cast<clang::VarDecl>(named)) {
    share(variable, context);
  } else if (auto* function = llvm::dyn_cast<clang::FunctionDecl>(named);
             function && is_plain(function)) {
    share(function, context);
    if (function->isMain() && function->doesThisDeclarationHaveABody()) {
      main_ = function;
    }
  }
}

void Redefinitions::name_anew(clang::NamedDecl* decl, clang::ASTContext& context) {
  if (!decl->getDeclName() || decl->hasAttr<clang::AsmLabelAttr>()) {
    return;
  }
  auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl);
  bool is_main = function && function->isMain();
  if (!is_main && !hidden_.contains(decl->getQualifiedNameAsString())) {
    return;
  }
  bool labelled = llvm::isa<clang::VarDecl>(decl) || (function && is_plain(function));
  if (labelled && decl->getCanonicalDecl() == decl) {
    std::string label = "quern." + std::to_string(++labels_) + "." + decl->getNameAsString();
    decl->addAttr(clang::AsmLabelAttr::CreateImplicit(context, label, true));
  } else if (auto* alias = llvm::dyn_cast<clang::TypedefNameDecl>(decl)) {
    clang::TagDecl* tag = alias->getUnderlyingType()->getAsTagDecl();
    if (tag && tag->getTypedefNameForAnonDecl() == alias) {
      tag_anew(tag, context);
    }
  } else if (auto* outline = llvm::dyn_cast<clang::FunctionTemplateDecl>(decl);
             outline && outline->isFirstDecl()) {
    tag_anew(outline->getTemplatedDecl(), context);
  }
}

void Redefinitions::tag_anew(clang::NamedDecl* decl, clang::ASTContext& context) {
  if (!context.getLangOpts().CPlusPlus || decl->hasAttr<clang::AbiTagAttr>()) {
    return;
  }
  llvm::StringRef text = context.backupStr("q" + std::to_string(++labels_));
  decl->addAttr(clang::AbiTagAttr::CreateImplicit(context, &text, 1));
}

void Redefinitions::defined(clang::TagDecl* tag, clang::ASTContext& context) {
  if (tag->getDeclName() && at_file_level(tag) &&
      !llvm::isa<clang::ClassTemplateSpecializationDecl>(tag) &&
      hidden_.contains(tag->getQualifiedNameAsString())) {
    tag_anew(tag, context);
  }
}

void Redefinitions::share(clang::VarDecl* variable, clang::ASTContext& context) {
  bool cpp = context.getLangOpts().CPlusPlus;
  if (variable->isInline() || variable->isStaticDataMember() ||
      llvm::isa<clang::VarTemplateSpecializationDecl>(variable)) {
    return;
  }
  bool constant = cpp && variable->getType().isConstQualified();
  if (variable->getStorageClass() == clang::SC_Static ||
      (constant && variable->getStorageClass() == clang::SC_None)) {
    variable->setStorageClass(constant ? clang::SC_Extern : clang::SC_None);
    Linkable::make_external(variable);
  }
  if (!cpp && variable->isThisDeclarationADefinition() == clang::VarDecl::TentativeDefinition &&
      !variable->getPreviousDecl() && !variable->getType()->isIncompleteType()) {
    // Not constant to the linker: its value may be one that has to be computed first.
    clang::Qualifiers kept = variable->getType().getQualifiers();
    kept.removeConst();
    variable->setType(context.getQualifiedType(variable->getType().getUnqualifiedType(), kept));
    variable->setInit(new (context) clang::ImplicitValueInitExpr(variable->getType()));
  }
}

void Redefinitions::share(clang::FunctionDecl* function, clang::ASTContext& context) {
  if (function->getStorageClass() == clang::SC_Static) {
    function->setStorageClass(clang::SC_None);
    Linkable::make_external(function);
  }
  // An inline function of C's has no code of its own, which the snippets to come would call.
  if (!context.getLangOpts().CPlusPlus && function->isInlineSpecified()) {
    function->setInlineSpecified(false);
  }
}

clang::NamedDecl* Redefinitions::of_a_snippet(clang::SourceLocation place,
                                              clang::Sema& sema) const {
  const clang::SourceManager& sources = sema.getSourceManager();
  clang::SourceLocation at = sources.getExpansionLoc(place);
  clang::NamedDecl* around = nullptr;
  for (std::size_t i = 0; i < earlier_; ++i) {
    clang::NamedDecl* decl = known_[i];
    if (decl->getLocation() == place) {
      return decl;
    }
    if (auto* values = llvm::dyn_cast<clang::EnumDecl>(decl)) {
      for (clang::EnumConstantDecl* value : values->enumerators()) {
        if (value->getLocation() == place) {
          return value;
        }
      }
    }
    clang::SourceLocation begin = sources.getExpansionLoc(decl->getBeginLoc());
    clang::SourceLocation end = sources.getExpansionLoc(decl->getEndLoc());
    // Within a function stand its parameters, whose defaults may not be said twice. Within a type,
    // other things do.
    bool holds = llvm::isa<clang::FunctionDecl, clang::TemplateDecl>(decl) &&
                 sources.isWrittenInSameFile(begin, at);
    if (holds && begin <= at && at <= end) {
      around = decl;
    }
  }
  return around;
}

std::vector<clang::NamedDecl*> Redefinitions::in_the_way(const std::vector<Previous>& previous,
                                                         clang::Sema& sema) const {
  std::vector<clang::NamedDecl*> found;
  auto add = [&](clang::NamedDecl* decl) {
    if (std::find(found.begin(), found.end(), decl) == found.end()) {
      found.push_back(decl);
    }
  };
  for (const Previous& one : previous) {
    if (clang::NamedDecl* decl = of_a_snippet(one.place, sema)) {
      add(decl);
      continue;
    }
    if (!sema.getSourceManager().isInSystemHeader(one.place)) {
      continue;  // this very snippet's
    }
    auto add_if_it = [&](clang::NamedDecl* decl) {
      if (decl->getLocation() == one.place && at_file_level(decl)) {
        add(decl);
      }
    };
    for (clang::DeclarationName name : one.names) {
      for (auto at = sema.IdResolver.begin(name); at != sema.IdResolver.end(); ++at) {
        add_if_it(*at);  // where C has its names
      }
      for (clang::NamedDecl* decl : sema.Context.getTranslationUnitDecl()->lookup(name)) {
        add_if_it(decl);  // where C++ has them
      }
    }
  }
  return found;
}

void Redefinitions::hide(clang::NamedDecl* decl, clang::Sema& sema) {
  hidden_.insert(decl->getQualifiedNameAsString());
  for (clang::NamedDecl* one : visible(decl->getDeclName(), decl, sema)) {
    sema.IdResolver.RemoveDecl(one);
    if (sema.TUScope && sema.TUScope->isDeclScope(one)) {
      sema.TUScope->RemoveDecl(one);
    }
  }
  for (clang::Decl* one : decl->redecls()) {
    forget_c_name(llvm::cast<clang::NamedDecl>(one), sema.Context);
    if (one->getLexicalDeclContext()->containsDecl(one)) {
      one->getLexicalDeclContext()->removeDecl(one);
    }
  }
  auto* values = llvm::dyn_cast<clang::EnumDecl>(decl);
  if (values && !values->isScoped()) {
    for (clang::EnumConstantDecl* value : values->enumerators()) {
      hide(value, sema);
    }
  }
}

}  // namespace quern
