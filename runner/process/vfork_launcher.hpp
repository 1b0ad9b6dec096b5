// SPDX-License-Identifier: Apache-2.0
// A launcher for Boost.Process whose child borrows the daemon's memory until it executes its
// program.
//
// A plain fork copies page tables, and both sides then pay for each page that they touch: half of
// what starting a small program costs, and more the more memory the daemon has. Boost's own vfork
// launcher tells the event loop of the fork within the child, and so spoils the loop of the daemon.
// Here the child runs its hook, which must execute a program or leave, on a piece of the stack of
// its parent, who waits. All signals must be blocked, and the hook may make system calls and
// nothing that outlives it.
#pragma once

#include <boost/optional.hpp>  // both forgotten by Process 1.81 itself
#include <boost/type_traits.hpp>

#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>

#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

namespace quern {

// The sanitizers keep book of who uses which stack, and this child is not in their books.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define QUERN_PLAIN_FORK 1
#endif
#endif

#ifdef QUERN_PLAIN_FORK
using VforkLauncher = boost::process::v2::posix::default_launcher;
#else
struct VforkLauncher : boost::process::v2::posix::default_launcher {
  template <class Executor, class Hook>
  boost::process::v2::basic_process<Executor> operator()(
      Executor executor, boost::system::error_code& error,
      const boost::process::v2::filesystem::path& program,
      const std::vector<std::string>& arguments, Hook hook) {
    const char* const* argv = this->build_argv_(program, arguments);
    struct Call {
      VforkLauncher& launcher;
      const boost::process::v2::filesystem::path& program;
      const char* const*& argv;
      Hook& hook;
    } call{*this, program, argv, hook};
    const auto in_child = [](void* called) -> int {
      Call& mine = *static_cast<Call*>(called);
      (void)mine.hook.on_exec_setup(mine.launcher, mine.program, mine.argv);
      ::_exit(127);
    };
    constexpr std::size_t enough = std::size_t{64} << 10;
    alignas(64) char stack[enough];
    pid = ::clone(in_child, stack + enough, CLONE_VM | CLONE_VFORK | SIGCHLD, &call);
    if (pid < 0) error.assign(errno, boost::system::system_category());
    // Whoever asked takes the pid; Boost's handle would open one more descriptor, to be closed at
    // once.
    return boost::process::v2::basic_process<Executor>(executor);
  }
};
#endif

}  // namespace quern
