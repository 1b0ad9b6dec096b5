// SPDX-License-Identifier: Apache-2.0
#include "place.hpp"

#include <cerrno>
#include <cstring>
#include <link.h>
#include <string_view>
#include <sys/syscall.h>
#include <ucontext.h>

namespace quern {
namespace {

using Ranges = std::vector<std::pair<std::uintptr_t, std::uintptr_t>>;

int add_object(dl_phdr_info* object, std::size_t, void* ranges) {
  // libm computes and owns nothing: leaving it is as harmless as leaving the user's own code.
  if (std::string_view(object->dlpi_name).find("/libm.so") != std::string_view::npos) {
    return 0;
  }
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X)) {
      std::uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
      static_cast<Ranges*>(ranges)->emplace_back(begin, begin + segment.p_memsz);
    }
  }
  return 0;
}

bool writes(long number) {
  return number == SYS_write || number == SYS_writev || number == SYS_pwrite64;
}

struct Call {
  bool found;   // the thread is in a system call, or goes back into one when the handler returns
  long number;  // -1: one that ends with EINTR, as sleeps do
};

// A call that is restarted has its number back in its register and stands before the instruction,
// as one does that has not begun: but x86-64 notes where a call goes on, at the instruction itself.
// A call that is not restarted stands behind it with EINTR as its answer.
Call call_at(const ucontext_t& context) {
#if defined(__x86_64__)
  const auto& registers = context.uc_mcontext.gregs;
  const auto* at = reinterpret_cast<const unsigned char*>(registers[REG_RIP]);
  const unsigned char syscall_bytes[] = {0x0f, 0x05};
  if (std::memcmp(at, syscall_bytes, 2) == 0) {
    return {registers[REG_RCX] == registers[REG_RIP] + 2, static_cast<long>(registers[REG_RAX])};
  }
  return {std::memcmp(at - 2, syscall_bytes, 2) == 0 && registers[REG_RAX] == -EINTR, -1};
#elif defined(__aarch64__)
  const auto& machine = context.uc_mcontext;
  const auto* at = reinterpret_cast<const std::uint32_t*>(machine.pc);
  constexpr std::uint32_t svc = 0xd4000001;
  if (*at == svc) {
    return {true, static_cast<long>(machine.regs[8])};
  }
  return {at[-1] == svc && static_cast<long>(machine.regs[0]) == -EINTR, -1};
#else
  return {true, -1};
#endif
}

}  // namespace

std::uintptr_t counter_of(const void* signal_context) {
  const auto& context = *static_cast<const ucontext_t*>(signal_context);
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return context.uc_mcontext.pc;
#else
  return 0;
#endif
}

Places::Places() { dl_iterate_phdr(add_object, &code_); }

bool Places::in_library(std::uintptr_t address) const {
  for (const auto& [begin, end] : code_) {
    if (address >= begin && address < end) {
      return true;
    }
  }
  return false;
}

Place Places::of(const void* signal_context) const {
  const auto& context = *static_cast<const ucontext_t*>(signal_context);
  if (!in_library(counter_of(signal_context))) {
    return Place::user;
  }
  Call call = call_at(context);
  if (!call.found) {
    return Place::library;
  }
  return writes(call.number) ? Place::writing : Place::waiting;
}

}  // namespace quern
