// SPDX-License-Identifier: Apache-2.0
// A run's events as a prompt's neighbours: numbered values, coloured errors, pictures, and how long
// it took where that was long.
//
// Where nobody looks (a pipe, a dumb terminal, --plain) the same in plain words. What a program
// writes is passed on byte by byte, aside from the colour of its stderr.
#pragma once

#include "forms.hpp"
#include "look.hpp"
#include "paint.hpp"
#include "picture_folder.hpp"
#include "view.hpp"

#include <cstddef>
#include <string>

namespace quern {

class ReplView : public View {
 public:
  ReplView(Writer& writer, const Look& look)
      : writer_(writer), look_(look), paint_(look.coloured()) {}

  void show(const Stamped& event, const Message& message) override;
  void before_prompt() override;
  void before_run(std::size_t number, const std::string& code) override;

 private:
  void show_one(const Accepted& accepted);
  void show_one(const Output& output);
  void show_one(const Shown& shown);
  void show_one(const Cleared& cleared);
  void show_one(const ErrorRaised& error);
  void show_one(const WaitingInput& waiting);
  void show_one(const Progressed& progress);
  void show_one(const Note& note);
  void show_one(const Gap& gap);
  void show_one(const Finished& finished);
  template <class Other>  // tells nothing that should be seen
  void show_one(const Other&) {}

  std::string saved_text(const Form& file, const std::string& what);
  void begin_line();
  void end_stderr();
  void end_progress();
  void tell(const std::string& text);  // in lines of its own
  void mark(const std::string& what);

  Writer& writer_;
  Look look_;
  Paint paint_;
  PictureFolder folder_;
  std::string code_;  // of the run that is shown
  std::size_t number_ = 0;
  bool explained_ = false;  // an error event has said why the run ended
  bool in_stderr_ = false;  // the terminal is told to colour
  bool in_progress_ = false;
  bool clear_next_ = false;
  bool output_marked_ = false;
};

}  // namespace quern
