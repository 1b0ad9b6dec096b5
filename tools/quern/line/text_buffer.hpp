// SPDX-License-Identifier: Apache-2.0
// The text that is being written, of one line or many, and the cursor in it.
//
// A value. Moves and kills go by what the eye takes for a character; a kill gives what it took.
// Never: knows keys, history or a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quern {

class TextBuffer {
 public:
  const std::string& text() const { return text_; }
  std::size_t cursor() const { return cursor_; }
  std::string_view before() const { return std::string_view(text_).substr(0, cursor_); }
  std::string_view after() const { return std::string_view(text_).substr(cursor_); }
  bool on_first_line() const { return before().find('\n') == std::string_view::npos; }
  bool on_last_line() const { return after().find('\n') == std::string_view::npos; }

  std::size_t begin_of_line() const;  // of the cursor's
  std::size_t end_of_line() const;

  void set(std::string text);  // with the cursor at its end
  void insert(std::string_view text);
  void move_to(std::size_t at) { cursor_ = at < text_.size() ? at : text_.size(); }
  std::string take(std::size_t begin, std::size_t end);  // with the cursor where it was
  void replace(std::size_t begin, std::size_t end, std::string_view text);

  void left();
  void right();
  void word_left() { cursor_ = word_begin(); }
  void word_right() { cursor_ = word_end(); }
  void line_begin() { cursor_ = begin_of_line(); }
  void line_end() { cursor_ = end_of_line(); }
  void text_begin() { cursor_ = 0; }
  void text_end() { cursor_ = text_.size(); }
  void up();
  void down();

  std::string erase_left();
  std::string erase_right();
  std::string kill_word_left();   // a word
  std::string kill_blank_left();  // back to a blank, as a shell's Ctrl-W does
  std::string kill_word_right();
  std::string kill_to_line_begin();
  std::string kill_to_line_end();  // at the end of a line: its newline
  void swap_with_left();

  friend bool operator==(const TextBuffer&, const TextBuffer&) = default;

 private:
  std::size_t word_begin() const;
  std::size_t word_end() const;
  void to_column(std::size_t line, int column);

  std::string text_;
  std::size_t cursor_ = 0;
};

}  // namespace quern
