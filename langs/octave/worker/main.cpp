// SPDX-License-Identifier: Apache-2.0
//
// The Octave worker: speaks langs/WORKER.md, also as a template.
#include <signal.h>
#include <unistd.h>

#include "functions.hpp"
#include "questions.hpp"
#include "session.hpp"
#include "template.hpp"

namespace {

constexpr int requests = 3, replies = 4, seconds_to_end = 1;

void too_long(int) { _exit(0); }

void serve(quern::Channel& channel, quern::Session& session) {
  while (const auto request = channel.read()) {
    if (request->kind == "run") {
      session.run(*request);
      continue;
    }
    if (!quern::questions::answer(session, *request)) {
      session.send(
          quern::Frame("error kind=runtime")
              .text("name", "UnknownRequest")
              .text("message", "this worker does not know the request '" + request->kind + "'"));
    }
    session.send(quern::Frame("done status=ok"));
  }
}

}  // namespace

int main() {
  signal(SIGINT, SIG_IGN);  // until there is something to interrupt
  quern::Session session;
  if (quern::fork_template::wanted(requests))
    quern::fork_template::serve(session, requests, replies);
  quern::Channel channel(requests, replies);
  session.speak(channel);
  serve(channel, session);
  signal(SIGALRM, too_long);
  alarm(seconds_to_end);
  quern::functions::end_now(0);
}
