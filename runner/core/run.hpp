// SPDX-License-Identifier: Apache-2.0
// One execution, from `run` to the last late byte: its journal, its clients, its prompt, its state.
//
// Made by the dispatcher, held by the registry until it is forgotten or expires, and by the
// coroutine that serves it. Events go in by emit(), which stamps them, keeps the order of
// run_state.hpp, and sends them to whoever is attached. Requests of clients come in by the
// functions below and go to the Execution that the mode has set, or wait for it. Never: starts a
// process, knows a socket.
#pragma once

#include "attachment.hpp"
#include "counters.hpp"
#include "event_sink.hpp"
#include "execution.hpp"
#include "journal.hpp"
#include "reply.hpp"
#include "run_state.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace quern {

class Run final : public EventSink, public std::enable_shared_from_this<Run> {
 public:
  Run(TaskGroup& tasks, SpillStore& spill, const DaemonLimits& limits, Counters& counters,
      std::string name, StartRun spec);
  ~Run() override;

  const std::string& name() const { return name_; }
  const StartRun& spec() const { return spec_; }

  // The mode's side. An event that may not happen in this phase is not taken.
  void emit(Event event) override;
  // What is to be said before the first event: by that event, or when told that it is time. So a
  // run can be put to work before its client is told that it was accepted.
  void say_first(std::function<void()> word) { first_word_ = std::move(word); }
  void say_first_now();
  void set_execution(Execution* execution);  // nullptr when it ends
  void keep(std::shared_ptr<void> what) {
    kept_ = std::move(what);
  }  // for as long as the run is held
  // Somebody asked for the end before there was an execution to ask.
  const std::optional<EndRequest>& end_request() const { return end_request_; }
  // Whether its journal takes no more for now; who feeds it stops then, and is called when it does
  // again.
  bool full() const { return journal_->full(); }
  void when_room(std::function<void()> call) { waiting_for_room_.push_back(std::move(call)); }
  bool asking() const { return prompt_.has_value(); }
  bool input_ended() const { return eof_; }
  void ask(std::string prompt, bool password, PromptSource source);
  void close_prompt(InputOutcome outcome);

  // The clients' side.
  void attach(std::shared_ptr<Peer> peer, std::int64_t next, std::uint64_t window);
  void start_sending(const Peer& peer);  // after the reply to attach or run has gone out
  void detach(const Peer& peer);
  bool attached() const { return !attachments_.empty(); }
  // Ends it when nobody has been attached for lease_ms.
  boost::asio::awaitable<void> keep_lease();
  void ack(const Peer& peer, std::int64_t seq);
  Result<void> input(Input input);
  Result<void> resize(const Resize& wanted);
  bool end(const EndRequest& request);  // false: it is over
  bool signal(int number);

  // Looking at it.
  RunPhase phase() const { return phase_; }
  RunState state() const;
  WaitReply waited() const;
  const std::optional<Finished>& finished() const { return finished_; }
  std::chrono::steady_clock::time_point finished_at() const { return finished_at_; }
  bool all_acked() const;  // by every client that was attached, at some time
  RunInfo info(bool with_usage) const;
  std::uint64_t stream_size(Stream stream) const {
    return stream == Stream::out ? out_size_ : err_size_;
  }
  Journal& journal() { return *journal_; }
  Notifier& changed() { return changed_; }  // on every change of state
  Notifier& acknowledged() { return acknowledged_; }

 private:
  void note(const Event& event);
  void count(const Event& event);
  Record encode(Event event);
  void release_acked();
  void settle_if_read();
  Result<void> check_prompt(const Input& input) const;

  TaskGroup& tasks_;
  const DaemonLimits& limits_;
  Counters& counters_;
  std::string name_;
  StartRun spec_;
  std::shared_ptr<Journal> journal_;
  Notifier changed_;
  Notifier acknowledged_;
  Notifier attached_changed_;
  RunPhase phase_ = RunPhase::fresh;
  std::vector<std::shared_ptr<Attachment>> attachments_;
  std::function<void()> first_word_;
  Execution* execution_ = nullptr;
  std::shared_ptr<void> kept_;
  std::optional<EndRequest> end_request_;
  std::vector<std::function<void()>> waiting_for_room_;
  std::string early_input_;  // sent before there was anyone to read it
  bool early_eof_ = false;
  bool eof_ = false;
  std::optional<WaitingInput> prompt_;
  std::int64_t last_prompt_ = 0;
  std::optional<Finished> finished_;
  std::optional<std::int64_t> pid_;
  std::uint64_t out_size_ = 0;
  std::uint64_t err_size_ = 0;
  std::chrono::steady_clock::time_point accepted_at_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point finished_at_{};
};

}  // namespace quern
