// SPDX-License-Identifier: Apache-2.0
#include "text_buffer.hpp"

#include "graphemes.hpp"

#include <utility>

namespace quern {

void TextBuffer::set(std::string text) {
  text_ = std::move(text);
  cursor_ = text_.size();
}

void TextBuffer::insert(std::string_view text) {
  text_.insert(cursor_, text);
  cursor_ += text.size();
}

void TextBuffer::replace(std::size_t begin, std::size_t end, std::string_view text) {
  take(begin, end);
  insert(text);
}

void TextBuffer::left() { cursor_ = previous_grapheme(text_, cursor_); }
void TextBuffer::right() { cursor_ = next_grapheme(text_, cursor_); }

std::size_t TextBuffer::begin_of_line() const {
  const std::size_t newline = before().rfind('\n');
  return newline == std::string_view::npos ? 0 : newline + 1;
}

std::size_t TextBuffer::end_of_line() const {
  const std::size_t newline = text_.find('\n', cursor_);
  return newline == std::string::npos ? text_.size() : newline;
}

std::size_t TextBuffer::word_begin() const {
  const auto stands_behind_word = [this](std::size_t at) {
    return is_word(std::string_view(text_).substr(previous_grapheme(text_, at)));
  };
  std::size_t at = cursor_;
  while (at > 0 && !stands_behind_word(at)) at = previous_grapheme(text_, at);
  while (at > 0 && stands_behind_word(at)) at = previous_grapheme(text_, at);
  return at;
}

std::size_t TextBuffer::word_end() const {
  std::size_t at = cursor_;
  while (at < text_.size() && !is_word(std::string_view(text_).substr(at)))
    at = next_grapheme(text_, at);
  while (at < text_.size() && is_word(std::string_view(text_).substr(at)))
    at = next_grapheme(text_, at);
  return at;
}

// As near to a column of the line that begins at `line` as it goes.
void TextBuffer::to_column(std::size_t line, int column) {
  cursor_ = line;
  const std::size_t end = end_of_line();
  for (int at = 0; cursor_ < end && at < column;) {
    const std::size_t next = next_grapheme(text_, cursor_);
    at += columns_of(std::string_view(text_).substr(cursor_, next - cursor_));
    if (at <= column) cursor_ = next;
  }
}

void TextBuffer::up() {
  const std::size_t line = begin_of_line();
  if (line == 0) return;
  const int column = columns_of(before().substr(line));
  cursor_ = line - 1;
  to_column(begin_of_line(), column);
}

void TextBuffer::down() {
  const int column = columns_of(before().substr(begin_of_line()));
  const std::size_t end = end_of_line();
  if (end < text_.size()) to_column(end + 1, column);
}

std::string TextBuffer::take(std::size_t begin, std::size_t end) {
  std::string taken = text_.substr(begin, end - begin);
  text_.erase(begin, end - begin);
  cursor_ = begin;
  return taken;
}

std::string TextBuffer::erase_left() { return take(previous_grapheme(text_, cursor_), cursor_); }
std::string TextBuffer::erase_right() { return take(cursor_, next_grapheme(text_, cursor_)); }
std::string TextBuffer::kill_word_left() { return take(word_begin(), cursor_); }
std::string TextBuffer::kill_word_right() { return take(cursor_, word_end()); }
std::string TextBuffer::kill_to_line_begin() { return take(begin_of_line(), cursor_); }

std::string TextBuffer::kill_blank_left() {
  const auto is_blank = [this](std::size_t at) { return text_[at] == ' ' || text_[at] == '\n'; };
  std::size_t at = cursor_;
  while (at > 0 && is_blank(at - 1)) --at;
  while (at > 0 && !is_blank(at - 1)) --at;
  return take(at, cursor_);
}

std::string TextBuffer::kill_to_line_end() {
  const std::size_t end = end_of_line();
  return take(cursor_, end == cursor_ && end < text_.size() ? end + 1 : end);
}

void TextBuffer::swap_with_left() {
  if (cursor_ == end_of_line()) left();
  if (cursor_ == begin_of_line()) return right();
  const std::string character = erase_right();
  left();
  insert(character);
  right();
}

}  // namespace quern
