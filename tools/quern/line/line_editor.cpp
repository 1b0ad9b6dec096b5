// SPDX-License-Identifier: Apache-2.0
#include "line_editor.hpp"

#include "indentation.hpp"
#include "motions.hpp"

#include <algorithm>
#include <utility>

namespace quern {

using Code = Key::Code;

void LineEditor::begin(const std::string& draft) {
  buffer_ = {};
  buffer_.set(draft);
  last_ = Last::other;
  mode_ = Mode::insert;
  undo_ = {};
  search_.end();
  vi_.forget_command();
  noting_ = false;
  walk_.begin(buffer_);
}

LineEditor::Wish LineEditor::press(const Key& key) {
  if (keys_ == KeySet::vi && key.alt && key.code == Code::character) {
    // There is no Alt in vi: it is Escape and the key.
    press({Code::escape, "", false, false});
    return press({key.code, key.text, key.ctrl, false});
  }
  const TextBuffer before = buffer_;
  const Wish wish = act(key);
  note_change(before);
  return wish;
}

void LineEditor::note_change(const TextBuffer& before) {
  if (!std::exchange(stepped_, false) && before.text() != buffer_.text()) undo_.note(before, step_);
}

LineEditor::Wish LineEditor::act(const Key& key) {
  if (search_.going()) {
    if (search_.press(key, buffer_)) return Wish::none;
    if (mode_ == Mode::normal) buffer_.move_to(last_in_line(buffer_.text(), buffer_.cursor()));
  }
  now_ = Last::other;
  const Wish wish = mode_ == Mode::normal ? press_normal(key) : press_inserting(key);
  const bool in_a_row = now_ == Last::typing && last_ == Last::typing;
  if (!in_a_row && keys_ == KeySet::emacs) ++step_;
  last_ = now_;
  return wish;
}

LineEditor::Wish LineEditor::press_inserting(const Key& key) {
  if (noting_ && !repeating_) vi_.note_inserted(key);
  if (last_ == Last::control_x) return press_behind_control_x(key);
  if (key.code == Code::escape) {
    if (keys_ == KeySet::vi) escape();
  } else if (key.code == Code::paste) {
    buffer_.insert(key.text);
  } else if (key.alt) {
    return press_alt(key);
  } else if (key.code != Code::character) {
    return press_named(key);
  } else if (key.ctrl) {
    return press_control(key.text.front());
  } else {
    type(key.text);
  }
  return Wish::none;
}

// A bracket that closes, alone in its line, stands below the line which opened.
void LineEditor::type(const std::string& text) {
  now_ = Last::typing;
  const bool begins_word = text != " " && buffer_.before().ends_with(' ');
  if (begins_word && keys_ == KeySet::emacs) ++step_;
  if (text == ")" || text == "]" || text == "}")
    if (const auto indent = indent_of_closer(syntax_, buffer_.before()))
      buffer_.replace(buffer_.begin_of_line(), buffer_.cursor(), *indent);
  buffer_.insert(text);
}

LineEditor::Wish LineEditor::press_control(char letter) {
  switch (letter) {
    case 'a': buffer_.line_begin(); break;
    case 'b': buffer_.left(); break;
    case 'c': return Wish::interrupt;
    case 'd':
      if (buffer_.text().empty()) return Wish::leave;
      buffer_.erase_right();
      break;
    case 'e': buffer_.line_end(); break;
    case 'f': buffer_.right(); break;
    case 'k': kill_forward(buffer_.kill_to_line_end()); break;
    case 'l': return Wish::clear_screen;
    case 'n': go_down(); break;
    case 'p': go_up(); break;
    case 'r': search_.begin(buffer_); break;
    case 't': buffer_.swap_with_left(); break;
    case 'u': kill_backward(buffer_.kill_to_line_begin()); break;
    case 'w': kill_backward(buffer_.kill_blank_left()); break;
    case 'x': now_ = Last::control_x; break;
    case 'y': buffer_.insert(killed_.text); break;
    case '_': undo(false); break;
    default: break;
  }
  return Wish::none;
}

LineEditor::Wish LineEditor::press_behind_control_x(const Key& key) {
  if (is_control(key, 'e')) return Wish::edit_outside;
  if (is_control(key, 'u')) undo(false);
  return is_control(key, 'c') ? Wish::interrupt : Wish::none;
}

LineEditor::Wish LineEditor::press_alt(const Key& key) {
  switch (key.code) {
    case Code::enter:
      settle_line();
      new_line(indent_behind(syntax_, buffer_.before()));
      stepped_ = true;  // both are noted already
      return Wish::none;
    case Code::backspace: kill_backward(buffer_.kill_word_left()); return Wish::none;
    case Code::left: buffer_.word_left(); return Wish::none;
    case Code::right: buffer_.word_right(); return Wish::none;
    case Code::character: break;
    default: return Wish::none;
  }
  if (key.text == "b") buffer_.word_left();
  if (key.text == "f") buffer_.word_right();
  if (key.text == "d") kill_forward(buffer_.kill_word_right());
  if (key.text == "<") buffer_.text_begin();
  if (key.text == ">") buffer_.text_end();
  if (key.text == "_") undo(true);
  return Wish::none;
}

LineEditor::Wish LineEditor::press_named(const Key& key) {
  switch (key.code) {
    case Code::enter: return Wish::enter;
    case Code::tab: return Wish::complete;
    case Code::backspace: erase_left(); break;
    case Code::erase: buffer_.erase_right(); break;
    case Code::up: go_up(); break;
    case Code::down: go_down(); break;
    case Code::left: key.ctrl ? buffer_.word_left() : buffer_.left(); break;
    case Code::right: key.ctrl ? buffer_.word_right() : buffer_.right(); break;
    case Code::home: key.ctrl ? buffer_.text_begin() : buffer_.line_begin(); break;
    case Code::end: key.ctrl ? buffer_.text_end() : buffer_.line_end(); break;
    default: break;
  }
  return Wish::none;
}

// In the indentation of a line it takes a step of it.
void LineEditor::erase_left() {
  const std::size_t blanks = blanks_to_erase(buffer_.before());
  if (blanks < 2 || buffer_.on_first_line()) {
    buffer_.erase_left();
  } else {
    buffer_.replace(buffer_.cursor() - blanks, buffer_.cursor(), "");
  }
}

void LineEditor::settle_line() {
  const auto indent = indent_of_ending(syntax_, buffer_.before());
  if (!indent) return;
  const std::size_t line = buffer_.begin_of_line(), cursor = buffer_.cursor();
  const std::size_t first = std::min(buffer_.text().find_first_not_of(" \t", line), cursor);
  replace(line, first, *indent);
  buffer_.move_to(cursor - (first - line - indent->size()));
}

void LineEditor::new_line(const std::string& indent) {
  const TextBuffer before = buffer_;
  buffer_.insert("\n" + indent);
  ++step_;
  note_change(before);
}

void LineEditor::replace(std::size_t begin, std::size_t end, const std::string& text) {
  const TextBuffer before = buffer_;
  buffer_.replace(begin, end, text);
  ++step_;
  note_change(before);
}

void LineEditor::set(const std::string& text) { replace(0, buffer_.text().size(), text); }

// Kills in a row are one, so that one yank brings all of it back.
void LineEditor::kill_backward(std::string killed) {
  if (killed.empty()) return;
  killed_ = {last_ == Last::kill ? killed + killed_.text : std::move(killed), false};
  now_ = Last::kill;
}

void LineEditor::kill_forward(std::string killed) {
  if (killed.empty()) return;
  killed_ = {last_ == Last::kill ? killed_.text + killed : std::move(killed), false};
  now_ = Last::kill;
}

void LineEditor::undo(bool forth) {
  std::optional<TextBuffer> text = forth ? undo_.forth(buffer_) : undo_.back(buffer_);
  stepped_ = true;
  if (text) buffer_ = *std::move(text);
}

void LineEditor::go_up() {
  if (last_ != Last::history) {
    if (!buffer_.on_first_line()) return buffer_.up();
    walk_.begin(buffer_);
  }
  recall(walk_.older(buffer_));
}

void LineEditor::go_down() {
  if (last_ != Last::history) return buffer_.down();
  recall(walk_.newer(buffer_));
}

void LineEditor::recall(std::optional<TextBuffer> text) {
  now_ = Last::history;
  if (text) buffer_ = *std::move(text);
}

}  // namespace quern
