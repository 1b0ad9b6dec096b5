// SPDX-License-Identifier: Apache-2.0
#include "consumer.hpp"

#include "redefinition.hpp"
#include "statement.hpp"

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Frontend/FrontendPluginRegistry.h>

namespace quern {
namespace {

Redefinitions* told = nullptr;
Statements* settled = nullptr;

class Teller : public clang::ASTConsumer {
 public:
  void Initialize(clang::ASTContext& context) override { context_ = &context; }

  bool HandleTopLevelDecl(clang::DeclGroupRef group) override {
    settle();
    if (told) {
      told->declared(group, *context_);
    }
    return true;
  }

  void HandleTagDeclDefinition(clang::TagDecl* tag) override {
    settle();
    if (told) {
      told->defined(tag, *context_);
    }
  }

  void HandleInlineFunctionDefinition(clang::FunctionDecl*) override { settle(); }
  void HandleCXXStaticMemberVarInstantiation(clang::VarDecl*) override { settle(); }

 private:
  void settle() {
    if (settled) {
      settled->settle(*context_);
    }
  }

  clang::ASTContext* context_ = nullptr;
};

class Action : public clang::PluginASTAction {
 public:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance&,
                                                        llvm::StringRef) override {
    return std::make_unique<Teller>();
  }
  bool ParseArgs(const clang::CompilerInstance&, const std::vector<std::string>&) override {
    return true;
  }
  ActionType getActionType() override { return AddBeforeMainAction; }
};

}  // namespace

void observe_declarations(Redefinitions* redefinitions, Statements* statements) {
  static clang::FrontendPluginRegistry::Add<Action> registered("quern",
                                                               "tells the worker of declarations");
  told = redefinitions;
  settled = statements;
}

}  // namespace quern
