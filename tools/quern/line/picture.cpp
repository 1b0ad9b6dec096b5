// SPDX-License-Identifier: Apache-2.0
#include "picture.hpp"

#include "graphemes.hpp"

#include <string_view>

namespace quern {
namespace {

constexpr int tab_width = 8;
constexpr const char* plain = "\x1b[0m";

class Pen {
 public:
  explicit Pen(int columns) : columns_(columns) { layout_.rows.emplace_back(); }

  void prompt(const std::string& style, std::string_view prompt) {
    style_ = style;
    write(prompt);
    style_ = {};
    begin_ = row().columns;
  }
  void tell(const std::string& controls) {
    if (controls.empty()) return;
    end_style();
    row().bytes += controls;
  }
  void line_below(const PaintedLine& line) {
    next_row();
    begin_ = 0;
    paint(line.paints);
    const std::string_view text = line.text;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = next_grapheme(text, at);
      if (row().columns + columns_of(text.substr(at, end - at)) > columns_) return;
      come_to(at);
      write_one(text.substr(at, end - at));
      at = end;
    }
  }
  void paint(const std::vector<Tint>& paints) {
    paint_ = paints.data();
    last_paint_ = paint_ + paints.size();
  }
  // The style of what stands at this byte of the text.
  void come_to(std::size_t at) {
    while (paint_ != last_paint_ && paint_->end <= at) ++paint_;
    style_ = paint_ != last_paint_ && paint_->begin <= at ? std::string_view(paint_->style)
                                                          : std::string_view();
  }
  void next_row() {
    end_style();
    layout_.rows.emplace_back();
  }
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
  Layout layout() && {
    end_style();
    return std::move(layout_);
  }

 private:
  Row& row() { return layout_.rows.back(); }
  // Each row begins and ends without a style, so that it can be drawn alone.
  void end_style() {
    if (!drawn_.empty()) row().bytes += plain;
    drawn_ = {};
  }
  void put(std::string_view bytes, int columns) {
    if (row().columns + columns > columns_) next_row();
    if (drawn_ != style_) {
      end_style();
      row().bytes += style_;
      drawn_ = style_;
    }
    row().bytes += bytes;
    row().columns += columns;
  }

  int columns_;
  int begin_ = 0;  // of the text, behind the prompt
  const Tint* paint_ = nullptr;
  const Tint* last_paint_ = nullptr;
  std::string_view style_;  // wanted
  std::string_view drawn_;  // that the row is in
  Layout layout_;
};

}  // namespace

Layout lay_out(const Picture& picture, int columns) {
  Pen pen(columns);
  pen.prompt(picture.style, picture.prompt);
  pen.tell(picture.behind);
  const std::string_view text = picture.text;
  pen.paint(picture.paints);
  for (std::size_t at = 0; at < text.size();) {
    if (at == picture.cursor) pen.note_cursor();
    const std::size_t end = next_grapheme(text, at);
    pen.come_to(at);
    if (text[at] == '\n') {
      pen.next_row();
      pen.prompt(picture.style, picture.more);
    } else {
      pen.write_one(text.substr(at, end - at));
    }
    at = end;
  }
  if (picture.cursor >= text.size()) pen.note_cursor();
  for (const PaintedLine& line : picture.below) pen.line_below(line);
  return std::move(pen).layout();
}

}  // namespace quern
