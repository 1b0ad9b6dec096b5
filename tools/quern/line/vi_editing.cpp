// SPDX-License-Identifier: Apache-2.0
// LineEditor's part that obeys vi's normal mode.
#include "line_editor.hpp"

#include "motions.hpp"

#include <algorithm>

namespace quern {

using Code = Key::Code;

// The cursor goes back onto the last character, as what was inserted stands before it.
void LineEditor::escape() {
  if (mode_ == Mode::insert && buffer_.cursor() > buffer_.begin_of_line()) buffer_.left();
  mode_ = Mode::normal;
  noting_ = false;
  vi_.forget_command();
}

LineEditor::Wish LineEditor::press_normal(const Key& key) {
  if (is_control(key, 'c')) return Wish::interrupt;
  if (is_control(key, 'l')) return Wish::clear_screen;
  if (is_control(key, 'd')) return buffer_.text().empty() ? Wish::leave : Wish::none;
  if (key.code == Code::paste) {
    ++step_;
    buffer_.insert(key.text);
    buffer_.move_to(std::min(buffer_.cursor(), last_in_line(buffer_.text(), buffer_.cursor())));
    vi_.forget_command();
    return Wish::none;
  }
  if (key.code == Code::escape) {
    escape();
    return Wish::none;
  }
  ++step_;
  const Wish wish = follow(vi_.press(key, buffer_, killed_));
  if (mode_ == Mode::normal && !search_.going())
    buffer_.move_to(std::min(buffer_.cursor(), last_in_line(buffer_.text(), buffer_.cursor())));
  return wish;
}

LineEditor::Wish LineEditor::follow(ViKeys::Then then) {
  using Then = ViKeys::Then;
  switch (then) {
    case Then::nothing: break;
    case Then::insert:
      mode_ = Mode::insert;
      noting_ = true;
      break;
    case Then::undo: undo(false); break;
    case Then::redo: undo(true); break;
    case Then::up: go_up(); break;
    case Then::down: go_down(); break;
    case Then::search: search_.begin(buffer_); break;
    case Then::search_again: search_.again(buffer_); break;
    case Then::repeat: return repeat();
    case Then::enter:  // the whole text is meant, wherever in it the cursor is
      buffer_.text_end();
      mode_ = Mode::insert;
      return Wish::enter;
    case Then::edit_outside: return Wish::edit_outside;
  }
  return Wish::none;
}

// The keys of the last change once more, as if they were typed: all of it is one step to undo.
LineEditor::Wish LineEditor::repeat() {
  if (repeating_) return Wish::none;
  repeating_ = true;
  const ViKeys before = vi_;
  const int step = step_;
  for (int i = vi_.count(); i-- > 0;)
    for (const Key& key : before.last_change()) {
      if (mode_ == Mode::insert) {
        press_inserting(key);
        continue;
      }
      press_normal(key);
      if (mode_ == Mode::normal && vi_.is_at_rest()) break;  // what was inserted is no command
    }
  if (mode_ == Mode::insert) escape();
  vi_ = before;
  step_ = step;
  repeating_ = false;
  return Wish::none;
}

}  // namespace quern
