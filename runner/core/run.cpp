// SPDX-License-Identifier: Apache-2.0
#include "run.hpp"

#include "native_codec.hpp"

#include <algorithm>

namespace quern {

namespace {

Journal::Bounds bounds(const DaemonLimits& limits, const StartRun& spec) {
  Overflow by_mode = spec.mode == RunMode::tty ? Overflow::drop : Overflow::block;
  return {limits.journal, spec.overflow.value_or(by_mode)};
}

bool droppable(const Event& event) {
  const auto* shown = std::get_if<Shown>(&event);
  return std::holds_alternative<Output>(event) || std::holds_alternative<Progressed>(event) ||
         (shown && !shown->result);
}

// More follows the first two, soon or not for long. Of all events the end is the one waited for.
Haste haste_of(const Event& event) {
  if (std::holds_alternative<Accepted>(event) || std::holds_alternative<Started>(event))
    return Haste::soon;
  return std::holds_alternative<Finished>(event) ? Haste::at_once : Haste::now;
}

}  // namespace

Run::Run(TaskGroup& tasks, SpillStore& spill, const DaemonLimits& limits, Counters& counters,
         std::string name, StartRun spec)
    : tasks_(tasks),
      limits_(limits),
      counters_(counters),
      name_(std::move(name)),
      spec_(std::move(spec)),
      journal_(std::make_shared<Journal>(tasks, spill, bounds(limits, spec_))),
      changed_(tasks.executor()),
      acknowledged_(tasks.executor()),
      attached_changed_(tasks.executor()) {
  journal_->on_room([this] {
    for (const auto& call : std::exchange(waiting_for_room_, {})) call();
  });
}

// The journal may be at the disk still.
Run::~Run() { journal_->on_room(nullptr); }

void Run::say_first_now() {
  if (first_word_) std::exchange(first_word_, nullptr)();
}

void Run::emit(Event event) {
  say_first_now();
  if (auto* output = std::get_if<Output>(&event)) output->late = over(phase_);
  if (auto* finished = std::get_if<Finished>(&event)) {
    close_prompt(InputOutcome::ended);
    finished->stdout_bytes = out_size_;
    finished->stderr_bytes = err_size_;
  }
  std::optional<RunPhase> next = step(phase_, event);
  if (!next) return;
  Blob written;
  if (auto* output = std::get_if<Output>(&event)) {
    std::uint64_t& size = output->stream == Stream::out ? out_size_ : err_size_;
    output->off = size;
    written = output->bytes;
    size += written.size();
  }
  bool changed = *next != phase_;
  phase_ = *next;
  note(event);
  count(event);
  journal_->append(encode(std::move(event)));
  // An attachment that falls out of its peer's favour while sending is removed later, not here.
  for (std::size_t i = 0; i < attachments_.size(); ++i) attachments_[i]->advance();
  if (changed) changed_.notify();
  if (over(phase_)) attached_changed_.notify();
  if (written.size() > 0 && execution_) execution_->wrote(written);
  if (phase_ == RunPhase::closed) settle_if_read();
}

// What later questions will want to know.
void Run::note(const Event& event) {
  if (const auto* started = std::get_if<Started>(&event)) pid_ = started->pid;
  if (const auto* prompt = std::get_if<WaitingInput>(&event)) prompt_ = *prompt;
  if (std::holds_alternative<InputTaken>(event)) prompt_.reset();
  if (const auto* finished = std::get_if<Finished>(&event)) {
    finished_ = *finished;
    finished_at_ = std::chrono::steady_clock::now();
    prompt_.reset();
    early_input_.clear();
  }
}

void Run::count(const Event& event) {
  ++counters_.events;
  if (const auto* finished = std::get_if<Finished>(&event)) ++counters_.finished[finished->status];
  if (const auto* output = std::get_if<Output>(&event)) {
    const bool out = output->stream == Stream::out;
    (out ? counters_.stdout_bytes : counters_.stderr_bytes) += output->bytes.size();
  }
}

Record Run::encode(Event event) {
  Record record;
  record.droppable = droppable(event);
  record.haste = haste_of(event);
  if (const auto* output = std::get_if<Output>(&event)) {
    record.stream = output->stream;
    record.off = output->off;
  }
  auto age = std::chrono::steady_clock::now() - accepted_at_;
  Stamped stamped{name_, journal_->next_seq(), std::chrono::duration_cast<microseconds>(age),
                  std::move(event)};
  Frames frames = encode_event(stamped);
  record.head = std::move(frames.head);
  record.body = std::move(frames.body);
  return record;
}

void Run::set_execution(Execution* execution) {
  execution_ = execution;
  if (!execution) return;
  if (!early_input_.empty()) execution->input(std::exchange(early_input_, {}));
  if (std::exchange(early_eof_, false)) execution->input_eof();
}

void Run::ask(std::string prompt, bool password, PromptSource source) {
  emit(WaitingInput{++last_prompt_, std::move(prompt), password, source});
}

void Run::close_prompt(InputOutcome outcome) {
  if (prompt_) emit(InputTaken{prompt_->prompt_id, outcome});
}

void Run::attach(std::shared_ptr<Peer> peer, std::int64_t next, std::uint64_t window) {
  detach(*peer);
  attachments_.push_back(
      std::make_shared<Attachment>(tasks_, name_, journal_, std::move(peer), next, window));
  attached_changed_.notify();
}

boost::asio::awaitable<void> Run::keep_lease() {
  using Clock = std::chrono::steady_clock;
  auto self = shared_from_this();
  auto ends = Clock::time_point::max();
  while (!over(phase_)) {
    if (attached()) {
      ends = Clock::time_point::max();
    } else if (ends == Clock::time_point::max()) {
      ends = Clock::now() + spec_.lease;
    }
    if (Clock::now() >= ends) {
      end({EndReason::killed,
           "No client was attached for " + std::to_string(spec_.lease.count()) + " ms (lease_ms).",
           default_grace});
      co_return;
    }
    co_await attached_changed_.wait_until(ends);
  }
}

void Run::start_sending(const Peer& peer) {
  for (const auto& attachment : attachments_) {
    if (attachment->peer().get() == &peer) attachment->advance();
  }
}

void Run::detach(const Peer& peer) {
  auto of_peer = [&](const auto& attachment) {
    if (attachment->peer().get() != &peer) return false;
    attachment->end();
    return true;
  };
  if (std::erase_if(attachments_, of_peer) == 0) return;
  release_acked();
  attached_changed_.notify();
  settle_if_read();
}

void Run::ack(const Peer& peer, std::int64_t seq) {
  for (const auto& attachment : attachments_) {
    if (attachment->peer().get() == &peer) attachment->ack(seq);
  }
  release_acked();
}

void Run::release_acked() {
  if (attachments_.empty()) return;
  std::int64_t least = attachments_.front()->acked();
  for (const auto& attachment : attachments_) least = std::min(least, attachment->acked());
  journal_->release(least);
  acknowledged_.notify();
  settle_if_read();
}

void Run::settle_if_read() {
  if (phase_ == RunPhase::closed && (attachments_.empty() || all_acked())) journal_->settle();
}

Result<void> Run::check_prompt(const Input& input) const {
  if (!input.prompt_id) return {};
  if (prompt_ && prompt_->prompt_id == *input.prompt_id) return {};
  return Error{ErrorCode::not_found, "Prompt " + std::to_string(*input.prompt_id) + " of run `" +
                                         name_ +
                                         "` is closed: the program no longer waits for it."};
}

Result<void> Run::input(Input input) {
  if (over(phase_)) {
    return Error{ErrorCode::not_found, "Run `" + name_ + "` has ended: nothing reads its input."};
  }
  if (spec_.input == Stdin::none) {
    return Error{ErrorCode::unsupported,
                 "Run `" + name_ + "` was started with `stdin: \"none\"`: it takes no input."};
  }
  if (Result<void> prompt = check_prompt(input); !prompt) return prompt;
  if (eof_) {
    return Error{ErrorCode::not_found,
                 "The input of run `" + name_ + "` was ended by an earlier `eof`."};
  }
  std::size_t unread = early_input_.size() + (execution_ ? execution_->unread_input() : 0);
  if (unread + input.bytes.size() > limits_.input) {
    return Error{ErrorCode::limit, "Run `" + name_ + "` has " + std::to_string(unread) +
                                       " bytes of input unread; with these it would be over " +
                                       std::to_string(limits_.input) + ". Send them again later."};
  }
  if (input.eof && execution_) {
    if (Result<void> may = execution_->may_end_input(); !may) return may;
  }
  bool any = !input.bytes.empty();
  eof_ = input.eof && spec_.mode != RunMode::tty;  // at a terminal it ends one read
  if (execution_) {
    if (any) execution_->input(std::move(input.bytes));
    if (input.eof) execution_->input_eof();
    if (any || input.eof) close_prompt(any ? InputOutcome::answered : InputOutcome::eof);
  } else {
    early_input_ += input.bytes;
    early_eof_ = input.eof;
  }
  return {};
}

Result<void> Run::resize(const Resize& wanted) {
  if (spec_.mode != RunMode::tty) {
    return Error{
        ErrorCode::unsupported,
        "Run `" + name_ + "` has no terminal that could be resized; one of `mode: \"tty\"` has."};
  }
  if (over(phase_)) {
    return Error{ErrorCode::not_found, "Run `" + name_ + "` has ended, and its terminal is gone."};
  }
  const bool other = spec_.tty.rows != wanted.rows || spec_.tty.cols != wanted.cols;
  spec_.tty.rows = wanted.rows;
  spec_.tty.cols = wanted.cols;
  // The program may have changed it too.
  const bool changed = execution_ ? execution_->resize(wanted.rows, wanted.cols) : other;
  if (changed) emit(Resized{wanted.rows, wanted.cols});
  return {};
}

bool Run::end(const EndRequest& request) {
  if (over(phase_)) return false;
  if (execution_) {
    execution_->end(request);
  } else if (!end_request_) {
    end_request_ = request;
    changed_.notify();
  }
  return true;
}

bool Run::signal(int number) { return !over(phase_) && execution_ && execution_->signal(number); }

RunState Run::state() const {
  switch (phase_) {
    case RunPhase::fresh:
    case RunPhase::queued: return RunState::queued;
    case RunPhase::running: return RunState::running;
    case RunPhase::waiting: return RunState::waiting_input;
    case RunPhase::open:
    case RunPhase::closed: return RunState::finished;
  }
  return RunState::finished;
}

WaitReply Run::waited() const { return {state(), prompt_, finished_}; }

bool Run::all_acked() const { return journal_->released() + 1 >= journal_->next_seq(); }

RunInfo Run::info(bool with_usage) const {
  RunInfo info;
  info.run = name_;
  info.mode = spec_.mode;
  info.lang = spec_.lang;
  if (spec_.mode == RunMode::query) info.ctx = spec_.ctx;
  info.state = state();
  info.pid = pid_;
  info.seq = journal_->next_seq() - 1;
  info.held = journal_->held();
  info.meta = spec_.meta;
  const auto until = finished_ ? finished_at_ : std::chrono::steady_clock::now();
  info.age = std::chrono::duration_cast<milliseconds>(until - accepted_at_);
  info.bytes = {out_size_, err_size_};
  if (!with_usage || !execution_) return info;
  if (const std::optional<TreeUsage> taken = execution_->taken())
    info.usage = RunUsage{std::chrono::duration_cast<milliseconds>(taken->cpu), taken->memory,
                          taken->processes};
  return info;
}

}  // namespace quern
