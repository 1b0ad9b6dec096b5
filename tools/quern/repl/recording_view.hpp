// SPDX-License-Identifier: Apache-2.0
// A View that keeps in a Transcript what it has another View show.
#pragma once

#include "transcript.hpp"
#include "view.hpp"

#include <memory>
#include <utility>

namespace quern {

class RecordingView : public View {
 public:
  RecordingView(std::unique_ptr<View> shown, Transcript& transcript)
      : shown_(std::move(shown)), transcript_(transcript) {}

  void show(const Stamped& event, const Message& message) override {
    transcript_.take(event.run, event.event);
    shown_->show(event, message);
  }
  void before_prompt() override { shown_->before_prompt(); }
  void before_run(std::size_t number, const std::string& code) override {
    shown_->before_run(number, code);
  }

 private:
  std::unique_ptr<View> shown_;
  Transcript& transcript_;
};

}  // namespace quern
