// SPDX-License-Identifier: Apache-2.0
#include "html_text.hpp"

#include "grid.hpp"
#include "harmless.hpp"
#include "html_reader.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace quern {
namespace {

constexpr std::size_t most_cells = 100'000;  // spans would make more out of few bytes

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// Adds words as HTML does: however they are parted, by one blank.
void add_words(std::string& line, std::string_view text) {
  for (const char c : text) {
    if (!is_blank(c))
      line += c;
    else if (!line.empty() && !is_blank(line.back()))
      line += ' ';
  }
}

bool parts_lines(std::string_view name) {
  static constexpr std::array names = {
      "p",  "div", "br", "li", "ul", "ol", "tr", "table", "pre",        "hr",      "h1",
      "h2", "h3",  "h4", "h5", "h6", "dl", "dt", "dd",    "blockquote", "section", "caption"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Cells as they come, put where those that span several rows leave room.
class TableOfHtml {
 public:
  void begin_row() {
    end_row();
    in_row_ = true;
  }
  void begin_cell(bool heading, std::string_view attributes) {
    end_cell();
    in_row_ = in_cell_ = true;
    headings_ += heading ? 1 : 0;
    ++cells_;
    columns_ = span_of(attributes, "colspan");
    rows_ = span_of(attributes, "rowspan");
  }
  void add(std::string_view text) {
    if (in_cell_) add_words(cell_, text);
  }
  void end_cell() {
    if (!std::exchange(in_cell_, false)) return;
    fill();
    std::string text = harmless_line(cell_);
    text.erase(text.find_last_not_of(' ') + 1);
    for (std::size_t i = 0; i < columns_ && taken_ < most_cells; ++i, ++taken_) {
      if (rows_ > 1) hanging_[row_.size()] = rows_ - 1;
      row_.push_back(i == 0 ? text : "");
    }
    cell_.clear();
  }
  void end_row() {
    end_cell();
    if (!std::exchange(in_row_, false)) return;
    fill();
    if (!row_.empty()) grid_.add(std::exchange(row_, {}), cells_ > 0 && headings_ == cells_);
    headings_ = cells_ = 0;
  }
  Grid finish() && {
    end_row();
    return std::move(grid_);
  }

 private:
  void fill() {
    for (auto one = hanging_.find(row_.size()); one != hanging_.end();
         one = hanging_.find(row_.size())) {
      row_.emplace_back();
      if (--one->second == 0) hanging_.erase(one);
    }
  }

  Grid grid_;
  Grid::Cells row_;
  std::string cell_;
  std::map<std::size_t, std::size_t> hanging_;  // column: how many rows below it reaches into
  bool in_row_ = false, in_cell_ = false;
  std::size_t columns_ = 1, rows_ = 1, headings_ = 0, cells_ = 0, taken_ = 0;
};

class Page {
 public:
  Page(const Paint& paint, std::size_t columns) : paint_(paint), columns_(columns) {}

  void take(const HtmlPiece& piece) {
    if (tables_ > 0)
      take_in_table(piece);
    else
      take_in_text(piece);
  }
  std::string finish() && {
    if (tables_ > 0) end_table();
    end_line();
    while (text_.ends_with('\n')) text_.pop_back();
    return std::move(text_);
  }

 private:
  void take_in_text(const HtmlPiece& piece) {
    if (!piece.tag) {
      if (preformatted_)
        line_ += harmless(piece.text);
      else
        add_words(line_, piece.text);
      return;
    }
    if (parts_lines(piece.text)) {
      end_line();
      heading_ =
          piece.text.size() == 2 && piece.text[0] == 'h' && piece.text != "hr" && !piece.closing;
    }
    if (piece.text == "pre") preformatted_ = !piece.closing;
    if (piece.text == "li" && !piece.closing) line_ = "• ";
    if (piece.text == "table" && !piece.closing) {
      tables_ = 1;
      table_ = TableOfHtml();
    }
  }
  void take_in_table(const HtmlPiece& piece) {
    if (!piece.tag) return table_.add(piece.text);
    if (piece.text == "table") {
      tables_ += piece.closing ? -1 : 1;
      if (tables_ == 0) end_table();
    } else if (tables_ > 1) {
      table_.add(" ");  // of a table within a cell only the words are shown
    } else if (piece.text == "tr" || piece.text == "thead" || piece.text == "tbody") {
      if (piece.text == "tr" && !piece.closing)
        table_.begin_row();
      else
        table_.end_row();
    } else if (piece.text == "td" || piece.text == "th") {
      if (piece.closing)
        table_.end_cell();
      else
        table_.begin_cell(piece.text == "th", piece.attributes);
    } else if (piece.text == "br") {
      table_.add(" ");
    }
  }
  void end_table() {
    tables_ = 0;
    text_ += std::move(table_).finish().text(paint_, columns_);
  }
  void end_line() {
    std::string line = preformatted_ ? line_ : harmless_line(line_);
    line_.clear();
    line.erase(line.find_last_not_of(' ') + 1);
    if (line.empty()) return;
    text_ += (heading_ ? paint_.bold(line) : line) + "\n";
  }

  const Paint& paint_;
  std::size_t columns_;
  std::string text_, line_;
  bool preformatted_ = false, heading_ = false;
  int tables_ = 0;  // how deep
  TableOfHtml table_;
};

}  // namespace

std::string html_text(std::string_view html, const Paint& paint, std::size_t columns) {
  HtmlReader reader(html);
  Page page(paint, columns);
  while (const auto piece = reader.next()) page.take(*piece);
  return std::move(page).finish();
}

}  // namespace quern
