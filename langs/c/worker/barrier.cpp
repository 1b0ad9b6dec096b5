// SPDX-License-Identifier: Apache-2.0
#include "barrier.hpp"

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

#include <map>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace quern {
namespace {

constexpr std::size_t most_pages = 1 << 16;  // ranges: what is more is not stopped at

CodePages whole_pages(std::uintptr_t begin, std::uintptr_t end) {
  auto size = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  return {begin / size * size, (end + size - 1) / size * size};
}

bool is_code(const llvm::jitlink::Section& section) {
  using llvm::BitmaskEnumDetail::operator&;
  return (section.getMemProt() & llvm::orc::MemProt::Exec) != llvm::orc::MemProt::None;
}

// Tells the barrier of code when it is where it stays.
class Watcher : public llvm::orc::ObjectLinkingLayer::Plugin {
 public:
  explicit Watcher(Barrier& barrier) : barrier_(barrier) {}

  void modifyPassConfig(llvm::orc::MaterializationResponsibility& made, llvm::jitlink::LinkGraph&,
                        llvm::jitlink::PassConfiguration& passes) override {
    passes.PostFixupPasses.push_back([this, &made](llvm::jitlink::LinkGraph& graph) {
      for (llvm::jitlink::Section& section : graph.sections()) {
        llvm::jitlink::SectionRange range(section);
        if (is_code(section) && !range.empty()) {
          linked_[&made].push_back(
              whole_pages(range.getStart().getValue(), range.getEnd().getValue()));
        }
      }
      return llvm::Error::success();
    });
  }

  llvm::Error notifyEmitted(llvm::orc::MaterializationResponsibility& made) override {
    for (CodePages pages : linked_[&made]) {
      barrier_.add(pages);
    }
    linked_.erase(&made);
    return llvm::Error::success();
  }

  llvm::Error notifyFailed(llvm::orc::MaterializationResponsibility& made) override {
    linked_.erase(&made);
    return llvm::Error::success();
  }

  llvm::Error notifyRemovingResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey) override {
    barrier_.forget_all();
    return llvm::Error::success();
  }

  void notifyTransferringResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey,
                                   llvm::orc::ResourceKey) override {}

 private:
  Barrier& barrier_;
  std::map<const llvm::orc::MaterializationResponsibility*, std::vector<CodePages>> linked_;
};

}  // namespace

Barrier::Barrier() : all_(new CodePages[most_pages]) {}

void Barrier::watch(llvm::orc::LLJIT& engine) {
  if (auto* layer = llvm::dyn_cast<llvm::orc::ObjectLinkingLayer>(&engine.getObjLinkingLayer())) {
    layer->addPlugin(std::make_shared<Watcher>(*this));
  }
}

void Barrier::add(CodePages pages) {
  std::size_t count = count_;
  if (count < most_pages) {
    all_[count] = pages;
    count_ = count + 1;
  }
}

void Barrier::close() {
  closed_ = true;
  protect(PROT_READ);
}

void Barrier::open() {
  if (closed_) {
    protect(PROT_READ | PROT_EXEC);
    closed_ = false;
  }
}

bool Barrier::stopped(const siginfo_t* fault, std::uintptr_t counter) const {
  if (fault->si_code != SEGV_ACCERR ||
      reinterpret_cast<std::uintptr_t>(fault->si_addr) != counter) {
    return false;
  }
  for (std::size_t i = 0; i < count_; ++i) {
    if (counter >= all_[i].begin && counter < all_[i].end) {
      return true;
    }
  }
  return false;
}

void Barrier::protect(int how) {
  for (std::size_t i = 0; i < count_; ++i) {
    mprotect(reinterpret_cast<void*>(all_[i].begin), all_[i].end - all_[i].begin, how);
  }
}

}  // namespace quern
