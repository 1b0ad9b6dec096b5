// SPDX-License-Identifier: Apache-2.0
#include "context.hpp"

namespace quern {

Context::Context(const Manifest& manifest, std::string name, std::int64_t gen, Settings settings)
    : manifest_(manifest), name_(std::move(name)), gen_(gen), settings_(std::move(settings)) {}

Context::~Context() {
  if (interpreter_) interpreter_->stop_listening();
}

void Context::set_interpreter(std::shared_ptr<Interpreter> interpreter) {
  interpreter_ = std::move(interpreter);
  interpreter_->listen(this);
}

void Context::take(Holder holder) {
  interpreter_->drain();  // what came until now is the last run's
  holder_ = std::move(holder);
  if (!holder_.run) return;
  last_ = holder_.run;
  interpreter_->resume();
}

void Context::give_back() {
  Holder held = std::exchange(holder_, {});  // whose function may be the one that calls
  if (is_lost()) say_lost();
}

void Context::tell_users(ContextState state, const std::string& cause) {
  ContextChanged event{manifest_.name, name_, gen_, state, cause};
  for (const auto& [conn, user] : users_) {
    if (std::shared_ptr<Peer> peer = user.lock()) peer->context(event);
  }
}

void Context::end(const std::string& cause) {
  if (!lost_) ended_ = true;
  lost_ = true;
  cause_ = cause;
  line_.dismiss({EndReason::aborted, cause, milliseconds{0}});
  std::shared_ptr<Run> run = holder_.run;
  if (run) run->end({EndReason::killed, cause, milliseconds{0}});
  if (interpreter_) interpreter_->kill(cause);
  if (!busy()) say_lost();
}

void Context::heard_output(Stream stream, Blob bytes) {
  // A run that was forgotten takes nothing any more; its program goes on unheard.
  std::shared_ptr<Run> run = last_.lock();
  if (!run || bytes.empty()) return;
  // The worker has made one of the two; what others still write to the second is no exception.
  if (run->spec().merge) stream = Stream::out;
  run->emit(Output{stream, 0, false, std::move(bytes)});
  if (run->full()) hold_back(*run);
}

void Context::heard(const WorkerFrame& frame) {
  if (holder_.heard) holder_.heard(frame);
  if (std::shared_ptr<Run> run = holder_.run; run && run->full()) hold_back(*run);
}

// Until the run's journal takes more, the interpreter's words and output stay where they are.
void Context::hold_back(Run& run) {
  interpreter_->pause();
  run.when_room([weak = interpreter_->weak_from_this()] {
    if (auto interpreter = weak.lock()) interpreter->resume();
  });
}

void Context::lost(const Loss& loss) {
  lost_ = true;
  if (cause_.empty()) cause_ = loss.cause;
  line_.dismiss({EndReason::aborted, "The context was lost: " + loss.cause, milliseconds{0}});
  if (holder_.lost) holder_.lost(loss);
  if (!busy()) say_lost();
}

void Context::say_lost() {
  if (!on_lost_) return;
  auto call = std::exchange(on_lost_, nullptr);
  call(cause_);
}

ContextInfo Context::info() const {
  ContextInfo info{manifest_.name, name_, gen_, 0, "starting", 0};
  if (interpreter_ && interpreter_->is_ready()) info.state = busy() ? "busy" : "idle";
  if (interpreter_ && interpreter_->has_child()) {
    info.pid = interpreter_->child().pid();
    info.rss = interpreter_->child().root_memory().now;
  }
  return info;
}

}  // namespace quern
