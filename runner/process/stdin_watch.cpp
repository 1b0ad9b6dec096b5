// SPDX-License-Identifier: Apache-2.0
#include "stdin_watch.hpp"

#include "proc_wait_source.hpp"

#include <sys/stat.h>
#include <time.h>

#include <cerrno>
#include <utility>

namespace quern {
namespace {

using Clock = LookSchedule::Clock;

// One process may be closed for a moment: between becoming another user and its program.
constexpr int blind_for_sure = 3;

std::chrono::nanoseconds processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

FileId id_of(int descriptor) {
  struct stat info{};
  ::fstat(descriptor, &info);  // of a descriptor of ours that is open: cannot fail
  return {info.st_dev, info.st_ino};
}

}  // namespace

StdinWatch::StdinWatch(boost::asio::any_io_executor executor, const WaitSource& source,
                       const Child& child, const InputPipe& input, Told told)
    : source_(source),
      child_(child),
      input_(input),
      told_(std::move(told)),
      pipe_(id_of(input.read_end())),
      looks_(executor, [this] { look(); }) {}

void StdinWatch::stir() {
  if (!looks_.finished() && !resting_ && input_.writable()) looks_.stir();
}

void StdinWatch::resume() {
  resting_ = false;
  looks_.stop();
  stir();
}

void StdinWatch::rest() {
  resting_ = true;
  looks_.stop();
}

void StdinWatch::look() {
  // Behind an end of file nobody waits; and when the root has ended, its run has.
  if (!input_.writable() || child_.ended()) return looks_.stop();
  const auto before = processor_time();
  StdinLook look;
  if (input_.unread() == 0) {
    const std::vector<pid_t> processes = child_.members_at_a_glance();
    look = look_for_wait(source_, processes, pipe_);
    if (processes.empty()) look.refused = ENOENT;
    note_blindness(look);
  }
  if (!looks_.looked(Clock::now(), processor_time() - before, look.wait)) return;
  looks_.schedule().waits() ? told_.waits() : told_.left();
}

void StdinWatch::note_blindness(const StdinLook& look) {
  blind_looks_ = look.blind() ? blind_looks_ + 1 : 0;
  if (blind_looks_ < blind_for_sure || std::exchange(told_blind_, true)) return;
  told_.blind(why_blind(look.refused));
}

}  // namespace quern
