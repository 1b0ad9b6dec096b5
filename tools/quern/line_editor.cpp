// SPDX-License-Identifier: Apache-2.0
#include "line_editor.hpp"

#include "graphemes.hpp"

namespace quern {
namespace {

using Code = Key::Code;

bool is_control(const Key& key, char letter) {
  return key.code == Code::character && key.ctrl && !key.alt && key.text.front() == letter;
}

}  // namespace

void LineEditor::begin() {
  buffer_ = {};
  last_ = Last::other;
  position_ = history_.size();
  search_.reset();
}

LineEditor::Wish LineEditor::press(const Key& key) {
  if (search_ && press_in_search(key)) return Wish::none;
  now_ = Last::other;
  Wish wish = Wish::none;
  if (key.code == Code::paste)
    buffer_.insert(key.text);
  else if (key.alt)
    press_alt(key);
  else if (key.code != Code::character)
    wish = press_named(key);
  else if (key.ctrl)
    wish = press_control(key.text.front());
  else
    buffer_.insert(key.text);
  last_ = now_;
  return wish;
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
    case 'r': search_ = Search{"", history_.size(), false, buffer_}; break;
    case 't': buffer_.swap_with_left(); break;
    case 'u': kill_backward(buffer_.kill_to_line_begin()); break;
    case 'w': kill_backward(buffer_.kill_blank_left()); break;
    case 'y': buffer_.insert(killed_); break;
    default: break;
  }
  return Wish::none;
}

void LineEditor::press_alt(const Key& key) {
  switch (key.code) {
    case Code::enter: return buffer_.insert("\n");
    case Code::backspace: return kill_backward(buffer_.kill_word_left());
    case Code::left: return buffer_.word_left();
    case Code::right: return buffer_.word_right();
    case Code::character: break;
    default: return;
  }
  if (key.text == "b") buffer_.word_left();
  if (key.text == "f") buffer_.word_right();
  if (key.text == "d") kill_forward(buffer_.kill_word_right());
  if (key.text == "<") buffer_.text_begin();
  if (key.text == ">") buffer_.text_end();
}

LineEditor::Wish LineEditor::press_named(const Key& key) {
  switch (key.code) {
    case Code::enter: return Wish::enter;
    case Code::tab: return Wish::complete;
    case Code::backspace: buffer_.erase_left(); break;
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

void LineEditor::new_line(const std::string& indent) { buffer_.insert("\n" + indent); }

void LineEditor::replace(std::size_t begin, std::size_t end, const std::string& text) {
  buffer_.replace(begin, end, text);
}

// Kills in a row are one, so that one yank brings all of it back.
void LineEditor::kill_backward(std::string killed) {
  killed_ = last_ == Last::kill ? killed + killed_ : std::move(killed);
  now_ = Last::kill;
}

void LineEditor::kill_forward(std::string killed) {
  killed_ = last_ == Last::kill ? killed_ + killed : std::move(killed);
  now_ = Last::kill;
}

void LineEditor::go_up() {
  if (last_ != Last::history) {
    if (!buffer_.on_first_line()) return buffer_.up();
    position_ = history_.size();
    draft_ = buffer_;
    prefix_ = buffer_.before();
  }
  recall(history_.older(position_, prefix_, buffer_.text()));
}

void LineEditor::go_down() {
  if (last_ != Last::history) return buffer_.down();
  if (position_ == history_.size()) {
    now_ = Last::history;
    return;
  }
  recall(history_.newer(position_, prefix_, buffer_.text()).value_or(history_.size()));
}

void LineEditor::recall(std::optional<std::size_t> index) {
  now_ = Last::history;
  if (!index) return;
  position_ = *index;
  if (position_ == history_.size())
    buffer_ = draft_;
  else
    buffer_.set(history_.at(position_));
}

std::string LineEditor::search_prompt() const {
  if (!search_) return {};
  return std::string(search_->failed ? "(nothing has" : "(search") + " \"" + search_->wanted +
         "\") ";
}

// Gives false for a key that ends the search and then does what it always does.
bool LineEditor::press_in_search(const Key& key) {
  if (is_control(key, 'r')) {
    search_on(true);
  } else if (key.code == Code::backspace && !key.alt) {
    search_->wanted.resize(previous_grapheme(search_->wanted, search_->wanted.size()));
    search_->found = history_.size();
    search_on(false);
  } else if (key.code == Code::character && !key.ctrl && !key.alt) {
    search_->wanted += key.text;
    search_on(false);
  } else if (is_control(key, 'g')) {
    buffer_ = search_->before;
    search_.reset();
  } else {
    search_.reset();
    return false;
  }
  return true;
}

void LineEditor::search_on(bool further) {
  if (search_->wanted.empty()) {
    buffer_ = search_->before;
    search_->failed = false;
    return;
  }
  const std::size_t from =
      further || search_->found == history_.size() ? search_->found : search_->found + 1;
  const auto found = history_.older_with(from, search_->wanted);
  search_->failed = !found;
  if (!found) return;
  search_->found = *found;
  buffer_.set(history_.at(*found));
}

}  // namespace quern
