// SPDX-License-Identifier: Apache-2.0
// How a run's events are shown: as the program would have shown itself, or as JSON lines.
#pragma once

#include "event.hpp"
#include "session.hpp"
#include "writer.hpp"

namespace quern {

class View {
 public:
  virtual ~View() = default;
  virtual void show(const Stamped& event, const Message& message) = 0;

 protected:
  View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;
};

// Output raw on stdout and stderr; results and displays as their plain text; tracebacks on stderr;
// and a sentence on stderr where the run ended otherwise than by its own doing.
class PlainView : public View {
 public:
  // `tidy`: begin results and errors on a line of their own, as a prompt's neighbours should.
  PlainView(Writer& writer, bool tidy) : writer_(writer), tidy_(tidy) {}
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
  void begin_line();

  Writer& writer_;
  bool tidy_;
  bool explained_ = false;  // an error event has said why the run ended
};

class JsonView : public View {
 public:
  explicit JsonView(Writer& writer) : writer_(writer) {}
  void show(const Stamped& event, const Message& message) override;

 private:
  Writer& writer_;
};

}  // namespace quern
