// SPDX-License-Identifier: Apache-2.0
//
// The worker for C and C++: quern-clang-worker -xc|-xc++ [flags of clang]
//
// Speaks the worker contract (langs/WORKER.md) on descriptors 3 and 4. Started with a socket as 3,
// it is a template.
#include "compiler.hpp"
#include "guard.hpp"
#include "nursery.hpp"
#include "session.hpp"
#include "streams.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr unsigned seconds_for_hooks =
    1;  // the contract's: for what the user's program does at its exit

bool is_template() {
  struct stat status{};
  return fstat(3, &status) == 0 && S_ISSOCK(status.st_mode);
}

void stop_waiting(int) { _exit(0); }

// The user's destructors and exit hooks run; whatever they do, the end comes, and it is a good one.
[[noreturn]] void leave(quern::Compiler& compiler, quern::Guard& guard) {
  signal(SIGALRM, stop_waiting);
  alarm(seconds_for_hooks);
  guard.begin();
  guard.run([&] { compiler.finish(); });
  guard.run([] {
    quern::Guard::code_begins();
    std::exit(0);
  });
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    quern::Guard guard;
    std::vector<const char*> flags(argv + 1, argv + argc);
    flags.push_back("-w");
    std::unique_ptr<quern::Compiler> compiler = quern::Compiler::make(flags, guard);
    if (is_template()) {
      quern::hatch(quern::version(*compiler).c_str(), quern::title(*compiler).c_str());
      guard.settle();
      guard.begin();
      guard.end();
    }
    // What `assert` and others say of a snippet is said of a program.
    program_invocation_name = program_invocation_short_name = const_cast<char*>("main");
    quern::prepare_streams();
    quern::Channel channel(3, 4);
    quern::Session(channel, *compiler, guard).serve();
    leave(*compiler, guard);
  } catch (const std::exception& error) {
    // It has not begun: whoever starts it by hand, or reads the daemon's log, learns why.
    std::fprintf(stderr, "quern-clang-worker: %s\n", error.what());
    return 1;
  }
}
