// SPDX-License-Identifier: Apache-2.0
// When the daemon dies under the prompt: what is told, and how it goes on with another.
#include "failure.hpp"
#include "repl.hpp"

#include <csignal>

namespace quern {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;
constexpr auto look_every = 200ms;

}  // namespace

void Repl::lose(const DaemonLost& lost) {
  earlier_.clear();
  switch (lost.why) {
    case DaemonLost::Why::ended:
      writer().say(
          "the private daemon has ended, and all contexts with it; the next input starts "
          "another.");
      return tell_what_is_gone();
    case DaemonLost::Why::anew:
      writer().say("the daemon at " + link_.endpoint() +
                   " was started anew, and all contexts of before are gone; go on.");
      tell_what_is_gone();
      return go_over();
    case DaemonLost::Why::silent:
      writer().say(std::string(lost.what()) + " Start it with quernd --endpoint " +
                   link_.endpoint() + "; the next input looks for it.");
      return;
  }
}

void Repl::tell_what_is_gone() {
  for (const std::string& title : jobs_.lose_all())
    writer().say("run " + title + " is gone with it.");
}

Session& Repl::session() {
  if (link_.session().is_lost()) find_daemon();
  return link_.session();
}

// To the one that is there by now. Where it does not let us in the next input tells why.
void Repl::go_over() {
  try {
    if (link_.renew()) settle_down();
  } catch (const Failure&) {
    return;
  }
}

// A daemon that is looked for may be a moment away; whoever waits may stop waiting.
void Repl::find_daemon() {
  if (link_.renew()) return settle_down();
  writer().say("looking for a daemon at " + link_.endpoint() + " for 10 s; Ctrl-C stops that.");
  const auto deadline = Clock::now() + patience;
  while (!link_.renew()) {
    pollfd other{surface_.signals.fd(), POLLIN, 0};
    link_.session().wait({&other, 1}, look_every);
    const auto number = surface_.signals.next();
    if (number) writer().note_key();
    if (number && *number != SIGINT) stop(*number);
    if (number || Clock::now() > deadline)
      throw Failure("nobody listens at " + link_.endpoint() +
                    ", so nothing was done; start quernd --endpoint " + link_.endpoint() +
                    " and enter it again.");
  }
  settle_down();
}

void Repl::settle_down() {
  const std::string& boot = link_.session().daemon().boot;
  if (boot == boot_) {
    writer().say("it is the same daemon: contexts and runs are as they were.");
    return jobs_.ask_again();
  }
  boot_ = boot;
  tell_what_is_gone();
  begin_context();
}

}  // namespace quern
