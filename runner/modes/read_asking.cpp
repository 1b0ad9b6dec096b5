// SPDX-License-Identifier: Apache-2.0
#include "read_asking.hpp"

namespace quern {

ReadAsking::ReadAsking(Run& run, TaskGroup& tasks, const Eyes& eyes)
    : run_(run), tasks_(tasks), eyes_(eyes) {}

void ReadAsking::watch(const Child& child, const InputPipe& input, Settle settle) {
  if (!eyes_.source || run_.spec().input != Stdin::ask) return;
  settle_ = std::move(settle);
  auto blind = [this](const std::string& why) {
    if (eyes_.blind) eyes_.blind(run_.name(), why);
  };
  watch_.emplace(tasks_.executor(), *eyes_.source, child, input,
                 StdinWatch::Told{[this] { waits(); }, [this] { left(); }, std::move(blind)});
  if (otherwise_) watch_->rest();
  tasks_.spawn(watch_->run());
}

void ReadAsking::waits() {
  if (run_.full() || !settle_()) return watch_->resume();  // and looks again in a moment
  // What was handed on may have been the end of it.
  if (run_.asking() || run_.input_ended() || over(run_.phase())) return;
  ours_ = true;
  run_.ask(last_line_.text(), false, PromptSource::read);
}

void ReadAsking::left() {
  if (std::exchange(ours_, false)) run_.close_prompt(InputOutcome::ended);
}

void ReadAsking::wrote(const Blob& bytes) {
  if (run_.spec().input != Stdin::ask) return;
  last_line_.add(bytes.view());
  if (watch_) watch_->stir();
}

void ReadAsking::given() {
  last_line_.clear();
  ours_ = false;
  if (watch_ && !otherwise_) watch_->resume();
}

void ReadAsking::asked_otherwise() {
  otherwise_ = true;
  if (watch_) watch_->rest();
}

void ReadAsking::answered_otherwise() {
  otherwise_ = false;
  if (watch_) watch_->resume();
}

void ReadAsking::finish() {
  if (watch_) watch_->finish();
}

}  // namespace quern
