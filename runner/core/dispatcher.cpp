// SPDX-License-Identifier: Apache-2.0
#include "dispatcher.hpp"

#include <boost/asio/post.hpp>
#include <unistd.h>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t protocol_number = 1;

}  // namespace

Dispatcher::Dispatcher(Parts parts)
    : parts_(std::move(parts)), closing_changed_(parts_.tasks.executor()) {}

void Dispatcher::handle(const std::shared_ptr<Peer>& peer, Request request) {
  ++counters_.requests;
  for (const auto& [run, seq] : request.acks) acknowledge(*peer, run, seq);
  if (!lanes_.closed(*peer) || may_overtake(request.op)) return serve_now(peer, std::move(request));
  Caller caller{peer, request.id};
  if (Result<void> waits = lanes_.wait(*peer, std::move(request)); !waits)
    refuse(caller, waits.error());
}

void Dispatcher::serve_now(const std::shared_ptr<Peer>& peer, Request request) {
  Caller caller{peer, std::move(request.id)};
  std::visit([&](auto& op) { serve(caller, op); }, request.op);
}

void Dispatcher::rejected(Peer& peer, const std::string& id, const Error& error) {
  ++counters_.requests;
  ++counters_.rejected[error.code];
  peer.reply(id, error);
}

void Dispatcher::refuse(const Caller& caller, const Error& error) {
  ++counters_.rejected[error.code];
  caller.reply(error);
}

void Dispatcher::gone_soon(std::shared_ptr<Peer> peer) {
  ++counters_.connections_left;
  lanes_.left(*peer);
  parts_.tasks.spawn(detach_everywhere(std::move(peer)));
}

asio::awaitable<void> Dispatcher::detach_everywhere(std::shared_ptr<Peer> peer) {
  // Not at once, as tasks begin: a run may be in the middle of sending to its attachments.
  co_await asio::post(asio::use_awaitable);
  for (const auto& [name, run] : parts_.registry.runs()) run->detach(*peer);
}

void Dispatcher::serve(const Caller& caller, Hello& op) {
  if (op.protocol != protocol_number) {
    ++counters_.rejected[ErrorCode::unsupported];
    caller.reply(ProtocolReply{"This daemon speaks protocol " + std::to_string(protocol_number) +
                                   ", not " + std::to_string(op.protocol) + ".",
                               {protocol_number}});
    return;
  }
  parts_.tasks.spawn(greet(caller, op.versions));
}

asio::awaitable<void> Dispatcher::greet(Caller caller, bool versions) {
  if (versions && !parts_.versions.all_known()) co_await parts_.versions.known();
  HelloReply hello;
  hello.protocol = protocol_number;
  hello.daemon = "quernd/" + parts_.identity.version;
  hello.boot = parts_.identity.boot;
  hello.conn = caller.peer->conn();
  hello.pid = ::getpid();
  hello.features = parts_.identity.features;
  const DaemonLimits& limits = parts_.limits;
  hello.limits = {{"body", limits.body},           {"head", max_head},
                  {"input", limits.input},         {"runs", limits.runs},
                  {"queue", limits.queue},         {"contexts", limits.contexts},
                  {"journal", limits.journal},     {"journal_total", limits.journal_total},
                  {"finished", limits.finished},   {"window", default_window},
                  {"output_body", max_output_body}};
  // Of runs that name none themselves; 0 stands for no limit.
  const RunLimits& run = parts_.run_limits;
  auto count = [](const std::optional<milliseconds>& time) {
    return static_cast<std::uint64_t>(time.value_or(milliseconds{0}).count());
  };
  hello.limits.insert({{"wall_ms", count(run.wall)},
                       {"cpu_ms", count(run.cpu)},
                       {"memory", run.memory.value_or(0)},
                       {"output", run.output.value_or(0)},
                       {"processes", run.processes.value_or(0)},
                       {"fsize", run.fsize.value_or(0)}});
  for (const Manifest& manifest : parts_.languages.all()) {
    LanguageInfo info{
        manifest.name, manifest.title, parts_.versions.of(manifest.name), {}, manifest.has_query()};
    if (manifest.has_query()) info.modes.push_back("query");
    if (manifest.has_batch()) info.modes.push_back("batch");
    if (manifest.has_terminal()) info.modes.push_back("tty");
    hello.languages.push_back(std::move(info));
  }
  caller.reply(hello);
}

void Dispatcher::serve(const Caller& caller, Ping&) {
  caller.reply(PingReply{caller.peer->conn(), parts_.identity.boot});
}

void Dispatcher::serve(const Caller& caller, Shutdown& op) {
  caller.reply(Ok{});
  close(op.grace);
}

// Asked again with less grace, it hastens what is ending already.
void Dispatcher::close(milliseconds grace) {
  bool hasten = closing_ && grace < *closing_;
  if (!closing_ || hasten) closing_ = grace;
  closing_changed_.notify();
  if (hasten) end_runs();
}

std::vector<std::shared_ptr<Run>> Dispatcher::end_runs() {
  EndRequest end{EndReason::killed, "The daemon was shut down.", *closing_, SIGTERM};
  std::vector<std::shared_ptr<Run>> runs;
  for (const auto& [name, run] : parts_.registry.runs()) runs.push_back(run);
  for (const auto& run : runs) {
    run->end(end);
    run->acknowledged().notify();  // who waits for its clients looks at the clock again
  }
  return runs;
}

asio::awaitable<void> Dispatcher::closed() {
  while (!closing_) co_await closing_changed_.wait();
}

asio::awaitable<void> Dispatcher::end_everything() {
  auto begun = Clock::now();
  auto deadline = [&] { return begun + *closing_; };
  std::vector<std::shared_ptr<Run>> runs = end_runs();
  // Each comes to its end by its grace; what a client has not taken by then is lost with the
  // daemon.
  for (const auto& run : runs) {
    while (!over(run->phase())) co_await run->changed().wait();
  }
  co_await parts_.asking.close();
  co_await parts_.contexts.end_all("The daemon was shut down.");
  co_await parts_.asking.join();
  for (const auto& run : runs) {
    while (run->attached() && !run->all_acked() && Clock::now() < deadline()) {
      co_await run->acknowledged().wait_until(deadline());
    }
  }
}

}  // namespace quern
