// SPDX-License-Identifier: Apache-2.0
// How a run's events are shown: as the program would have shown itself, or as JSON lines.
#pragma once

#include "event.hpp"
#include "session.hpp"
#include "surface.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace quern {

class View {
 public:
  virtual ~View() = default;
  virtual void show(const Stamped& event, const Message& message) = 0;
  // Of a prompt: it comes now; what was entered runs now, as the how-manieth.
  virtual void before_prompt() {}
  virtual void before_run(std::size_t, const std::string&) {}

 protected:
  View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;
};

// Output raw on stdout and stderr; results and displays as their plain text; tracebacks on stderr;
// and a sentence on stderr where the run ended otherwise than by its own doing.
class PlainView : public View {
 public:
  explicit PlainView(Writer& writer) : writer_(writer) {}
  void show(const Stamped& event, const Message& message) override;

 private:
  void show_one(const Output& output);
  void show_one(const Shown& shown);
  void show_one(const ErrorRaised& error);
  void show_one(const Note& note);
  void show_one(const Gap& gap);
  void show_one(const Finished& finished);
  template <class Other>  // a prompt, say, has come as output already
  void show_one(const Other&) {}

  Writer& writer_;
  bool explained_ = false;  // an error event has said why the run ended
};

class JsonView : public View {
 public:
  explicit JsonView(Writer& writer) : writer_(writer) {}
  void show(const Stamped& event, const Message& message) override;

 private:
  Writer& writer_;
};

// As whoever called wants it: as JSON, or plainly.
std::unique_ptr<View> plain_view(const Surface& surface);

}  // namespace quern
