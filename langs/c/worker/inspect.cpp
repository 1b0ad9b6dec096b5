// SPDX-License-Identifier: Apache-2.0
#include "questions.hpp"

#include "compiler.hpp"
#include "trial.hpp"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/RawCommentList.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Lex/MacroInfo.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Sema/Lookup.h>
#include <clang/Sema/Sema.h>

namespace quern {
namespace {

constexpr std::size_t most_declarations = 10;  // a function's overloads

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// What stands at the cursor, as a name or a path of names: x, std::sort, a.b->c.
std::string path_at(std::string_view code, std::size_t cursor) {
  std::size_t begin = std::min(cursor, code.size()), end = begin;
  while (end < code.size() && is_word(code[end])) {
    ++end;
  }
  for (;;) {
    while (begin > 0 && is_word(code[begin - 1])) {
      --begin;
    }
    if (begin > 1 && (code.substr(begin - 2, 2) == "::" || code.substr(begin - 2, 2) == "->")) {
      begin -= 2;
    } else if (begin > 1 && code[begin - 1] == '.' && is_word(code[begin - 2])) {
      --begin;
    } else {
      break;
    }
  }
  return std::string(code.substr(begin, end - begin));
}

class Finder {
 public:
  Finder(Compiler& compiler, bool detail)
      : compiler_(compiler),
        detail_(detail),
        context_(compiler.getASTContext()),
        sema_(compiler.getCompilerInstance()->getSema()) {}

  std::string text(const std::string& path) {
    std::size_t member = path.find_last_of(".>");
    if (member == std::string::npos) {
      look_up(path);
      if (text_.empty() && !path.empty()) {
        look_at_expression(path);
      }
      return text_;
    }
    bool arrow = path[member] == '>';
    std::string object = path.substr(0, member - (arrow ? 1 : 0));
    if (clang::Expr* expression = parsed(arrow ? "*(" + object + ")" : object)) {
      look_up_member(expression->getType(), path.substr(member + 1));
    }
    return text_;
  }

 private:
  void look_up(const std::string& path) {
    clang::DeclContext* scope = nullptr;
    for (std::size_t at = 0;;) {
      std::size_t end = std::min(path.find("::", at), path.size());
      clang::IdentifierInfo& name = context_.Idents.get(path.substr(at, end - at));
      at = end + 2;
      if (end == path.size()) {
        if (!scope) {
          add_macro(name);
        }
        add_found(name, scope, clang::Sema::LookupOrdinaryName);
        if (text_.empty()) {
          add_found(name, scope, clang::Sema::LookupTagName);
        }
        return;
      }
      if (end == 0) {
        scope = context_.getTranslationUnitDecl();
        continue;
      }
      clang::LookupResult found(sema_, &name, {}, clang::Sema::LookupNestedNameSpecifierName);
      found.suppressDiagnostics();
      scope ? (void)sema_.LookupQualifiedName(found, scope)
            : (void)sema_.LookupName(found, sema_.TUScope);
      scope = found.isSingleResult()
                  ? llvm::dyn_cast<clang::DeclContext>(found.getFoundDecl()->getUnderlyingDecl())
                  : nullptr;
      if (!scope) {
        return;
      }
    }
  }

  void add_found(clang::IdentifierInfo& name, clang::DeclContext* scope,
                 clang::Sema::LookupNameKind kind) {
    clang::LookupResult found(sema_, &name, {}, kind);
    found.suppressDiagnostics();
    scope ? (void)sema_.LookupQualifiedName(found, scope)
          : (void)sema_.LookupName(found, sema_.TUScope);
    std::size_t count = 0;
    for (clang::NamedDecl* decl : found) {
      if (count++ == most_declarations) {
        text_ += "...\n";
        break;
      }
      add(decl->getUnderlyingDecl());
    }
  }

  void add_macro(clang::IdentifierInfo& name) {
    clang::Preprocessor& preprocessor = compiler_.getCompilerInstance()->getPreprocessor();
    const clang::MacroInfo* macro = preprocessor.getMacroInfo(&name);
    if (!macro) {
      return;
    }
    text_ += "#define " + name.getName().str();
    if (macro->isFunctionLike()) {
      text_ += '(';
      for (unsigned i = 0; i < macro->getNumParams(); ++i) {
        text_ += (i ? ", " : "") + macro->params()[i]->getName().str();
      }
      text_ += ')';
    }
    for (const clang::Token& token : macro->tokens()) {
      text_ += (token.hasLeadingSpace() || &token == &*macro->tokens_begin() ? " " : "") +
               preprocessor.getSpelling(token);
    }
    text_ += '\n';
  }

  void look_up_member(clang::QualType type, const std::string& name) {
    clang::RecordDecl* record = type.getCanonicalType()->getAsRecordDecl();
    if (record && record->getDefinition()) {
      add_found(context_.Idents.get(name), record->getDefinition(), clang::Sema::LookupMemberName);
    }
  }

  // The expression is only parsed, and never runs.
  clang::Expr* parsed(const std::string& code) {
    compiler_.values().only_look();
    return compiler_.parse(code) ? compiler_.values().seen() : nullptr;
  }

  void look_at_expression(const std::string& path) {
    clang::Expr* expression = parsed(path);
    if (!expression) {
      return;
    }
    const clang::Expr* plain = expression->IgnoreParenImpCasts();
    if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(plain)) {
      add(name->getDecl());
    } else {
      text_ += expression->getType().getAsString(context_.getPrintingPolicy()) + '\n';
    }
  }

  void add(const clang::NamedDecl* decl) {
    clang::PrintingPolicy policy = context_.getPrintingPolicy();
    // A type of the user's is best told by its members.
    bool whole = llvm::isa<clang::RecordDecl>(decl) &&
                 !context_.getSourceManager().isInSystemHeader(decl->getLocation());
    policy.TerseOutput = (!detail_ && !whole) || llvm::isa<clang::NamespaceDecl>(decl);
    policy.PolishForDeclaration = true;
    policy.SuppressInitializers = !detail_;
    if (detail_ || whole) {
      if (const auto* tag = llvm::dyn_cast<clang::TagDecl>(decl); tag && tag->getDefinition()) {
        decl = tag->getDefinition();
      }
    }
    if (detail_) {
      if (const clang::RawComment* comment = context_.getRawCommentForAnyRedecl(decl)) {
        text_ += comment->getRawText(context_.getSourceManager()).str() + '\n';
      }
    }
    llvm::raw_string_ostream stream(text_);
    decl->print(stream, policy);
    stream << '\n';
    if (const auto* alias = llvm::dyn_cast<clang::TypedefNameDecl>(decl)) {
      stream << "// " << alias->getUnderlyingType().getCanonicalType().getAsString(policy) << '\n';
    } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl);
               variable && variable->getType()->getContainedAutoType()) {
      stream << "// " << variable->getType().getCanonicalType().getAsString(policy) << '\n';
    }
  }

  Compiler& compiler_;
  bool detail_;
  clang::ASTContext& context_;
  clang::Sema& sema_;
  std::string text_;
};

}  // namespace

std::optional<std::string> inspect(Compiler& compiler, Guard& guard, std::string_view code,
                                   std::size_t cursor, bool detail) {
  std::string path = path_at(code, cursor);
  auto words = in_a_child(guard, seconds_for_questions,
                          [&] { return Words{Finder(compiler, detail).text(path)}; });
  if (!words || words->empty() || words->front().empty()) {
    return std::nullopt;
  }
  std::string text = words->front();
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

}  // namespace quern
