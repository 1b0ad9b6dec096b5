// SPDX-License-Identifier: Apache-2.0
#include "link.hpp"

#include "failure.hpp"

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Mangler.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/raw_ostream.h>

#include <map>

namespace quern {
namespace {

// For the linker; a variable of a thread is found by way of another.
std::string linker_name(const llvm::GlobalValue& value) {
  std::string name;
  llvm::raw_string_ostream stream(name);
  llvm::Mangler().getNameWithPrefix(stream, &value, false);
  return value.isThreadLocal() ? "__emutls_v." + name : name;
}

bool is_needed(const llvm::GlobalValue& value) {
  const auto* function = llvm::dyn_cast<llvm::Function>(&value);
  return value.isDeclaration() && !value.use_empty() && !value.hasExternalWeakLinkage() &&
         !(function && function->isIntrinsic());
}

}  // namespace

std::vector<std::string> undefined_names(const llvm::Module& code, llvm::orc::LLJIT& engine) {
  llvm::orc::ExecutionSession& session = engine.getExecutionSession();
  std::map<std::string, std::string> needed;  // by their linker's names
  llvm::orc::SymbolLookupSet wanted;
  for (const llvm::GlobalValue& value : code.global_values()) {
    if (is_needed(value) &&
        needed.emplace(linker_name(value), readable_symbol(value.getName().str())).second) {
      wanted.add(session.intern(linker_name(value)),
                 llvm::orc::SymbolLookupFlags::WeaklyReferencedSymbol);
    }
  }
  llvm::orc::JITDylibSearchOrder order;
  engine.getMainJITDylib().withLinkOrderDo(
      [&](const llvm::orc::JITDylibSearchOrder& links) { order = links; });
  auto found = session.lookupFlags(llvm::orc::LookupKind::Static, order, std::move(wanted));
  if (!found) {
    llvm::consumeError(found.takeError());
    return {};  // the link itself will tell
  }
  for (const auto& [name, flags] : *found) {
    needed.erase((*name).str());
  }
  std::vector<std::string> names;
  for (const auto& [name, readable] : needed) {
    names.push_back(readable);
  }
  return names;
}

void begin_with(const char* function, llvm::Module& code) {
  llvm::GlobalVariable* constructors = code.getNamedGlobal("llvm.global_ctors");
  if (!constructors || !constructors->hasInitializer()) {
    return;
  }
  llvm::IRBuilder<> builder(code.getContext());
  llvm::FunctionCallee begins = code.getOrInsertFunction(function, builder.getVoidTy());
  for (const llvm::Use& entry : constructors->getInitializer()->operands()) {
    auto* constructor = llvm::dyn_cast<llvm::Function>(
        llvm::cast<llvm::Constant>(entry)->getAggregateElement(1)->stripPointerCasts());
    if (constructor && !constructor->isDeclaration()) {
      llvm::BasicBlock& block = constructor->getEntryBlock();
      builder.SetInsertPoint(&block, block.getFirstInsertionPt());
      builder.CreateCall(begins);
    }
  }
}

}  // namespace quern
