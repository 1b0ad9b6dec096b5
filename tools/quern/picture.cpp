// SPDX-License-Identifier: Apache-2.0
#include "picture.hpp"

#include "graphemes.hpp"

#include <string_view>

namespace quern {
namespace {

constexpr int tab_width = 8;

class Pen {
 public:
  explicit Pen(int columns) : columns_(columns) { layout_.rows.emplace_back(); }

  void prompt(const std::string& style, std::string_view prompt) {
    if (!style.empty()) row().bytes += style;
    write(prompt);
    if (!style.empty()) row().bytes += "\x1b[0m";
    begin_ = row().columns;
  }
  void line_below(std::string_view text) {
    next_row();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = next_grapheme(text, at);
      if (row().columns + columns_of(text.substr(at, end - at)) > columns_) return;
      write_one(text.substr(at, end - at));
      at = end;
    }
  }
  void next_row() { layout_.rows.emplace_back(); }
  void note_cursor() {
    if (row().columns == columns_) next_row();
    layout_.cursor_row = layout_.rows.size() - 1;
    layout_.cursor_column = row().columns;
  }
  void write(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = next_grapheme(text, at);
      write_one(text.substr(at, end - at));
      at = end;
    }
  }
  void write_one(std::string_view grapheme) {
    const auto first = static_cast<unsigned char>(grapheme.front());
    if (grapheme == "\t") {
      const int behind = (row().columns - begin_) % tab_width;
      for (int i = behind < 0 ? 0 : behind; i < tab_width; ++i) put(" ", 1);
    } else if (first < 0x20 || first == 0x7F) {
      put(std::string{'^', static_cast<char>(first ^ 0x40)}, 2);
    } else {
      put(grapheme, columns_of(grapheme));
    }
  }
  Layout layout() && { return std::move(layout_); }

 private:
  Row& row() { return layout_.rows.back(); }
  void put(std::string_view bytes, int columns) {
    if (row().columns + columns > columns_) next_row();
    row().bytes += bytes;
    row().columns += columns;
  }

  int columns_;
  int begin_ = 0;  // of the text, behind the prompt
  Layout layout_;
};

}  // namespace

Layout lay_out(const Picture& picture, int columns) {
  Pen pen(columns);
  pen.prompt(picture.style, picture.prompt);
  const std::string_view text = picture.text;
  for (std::size_t at = 0; at < text.size();) {
    if (at == picture.cursor) pen.note_cursor();
    const std::size_t end = next_grapheme(text, at);
    if (text[at] == '\n') {
      pen.next_row();
      pen.prompt(picture.style, picture.more);
    } else {
      pen.write_one(text.substr(at, end - at));
    }
    at = end;
  }
  if (picture.cursor >= text.size()) pen.note_cursor();
  for (const std::string& line : picture.below) pen.line_below(line);
  return std::move(pen).layout();
}

}  // namespace quern
