// SPDX-License-Identifier: Apache-2.0
// quern logs: what a run has written, both streams in their order, without touching the run.
#include "amounts.hpp"
#include "commands.hpp"
#include "daemon_link.hpp"
#include "exit_code.hpp"
#include "followed_run.hpp"
#include "run_in_status.hpp"
#include "view.hpp"

#include <array>
#include <csignal>
#include <limits>
#include <memory>

namespace quern {
namespace {

constexpr std::int64_t without_end = std::numeric_limits<std::int64_t>::max();

// The last event that there is so far; -1 of a run that nobody knows, which the attach will tell.
std::int64_t last_event_of(Session& session, const std::string& run) {
  const auto status = session.ask_for<StatusReply>(Status{});
  const RunInfo* info = run_in(status, run);
  return info ? info->seq : -1;
}

class Reading {
 public:
  Reading(Session& session, const Surface& surface, View& view, std::int64_t last)
      : session_(session), surface_(surface), view_(view), run_(session), last_(last) {
    surface.writer.while_blocked = [&session] { session.keep_alive(); };
  }
  ~Reading() { surface_.writer.while_blocked = nullptr; }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  int read(Attach from) {
    run_.attach(std::move(from));
    while (!over_) {
      if (const std::optional<Message> message = session_.next()) {
        take(*message);
        run_.acknowledge_much();
      } else if (const std::optional<int> number = wait()) {
        return exit_code_of_signal(*number);
      }
    }
    return 0;
  }

 private:
  void take(const Message& message) {
    if (message.kind.kind == HeadKind::Kind::reply) {
      if (run_.take_reply(message) != FollowedRun::Reply::attached) return;
      const auto reply = value_or_fail(decode_reply<AttachReply>(message.head(), message.body()));
      over_ = reply.next > last_;
    } else if (run_.is_event(message)) {
      const std::optional<Stamped> event = run_.take_event(message);
      if (!event) return;
      view_.show(*event, message);
      const auto* finished = std::get_if<Finished>(&event->event);
      over_ = event->seq >= last_ || (finished && !finished->open) ||
              std::holds_alternative<Closed>(event->event);
    }
  }

  // The signal that made us leave.
  std::optional<int> wait() {
    std::array<pollfd, 1> others = {pollfd{surface_.signals.fd(), POLLIN, 0}};
    const auto owed = run_.acknowledges_after();
    const auto before = Clock::now();
    session_.wait(others, owed.value_or(std::chrono::minutes(1)));
    if (owed && Clock::now() - before >= *owed) run_.acknowledge();
    if (session_.took_new_connection()) run_.attach_again();
    return surface_.signals.next();
  }

  Session& session_;
  const Surface& surface_;
  View& view_;
  FollowedRun run_;
  std::int64_t last_;
  bool over_ = false;
};

}  // namespace

int execute(const LogsOptions& options, const Surface& surface) {
  Attach from;
  from.run = options.run;
  if (!options.tail.empty()) from.tail = size_of(options.tail);
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  const auto view = plain_view(surface);
  const std::int64_t last =
      options.follow ? without_end : last_event_of(link.session(), options.run);
  return Reading(link.session(), surface, *view, last).read(std::move(from));
}

}  // namespace quern
