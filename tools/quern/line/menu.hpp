// SPDX-License-Identifier: Apache-2.0
// The words that may stand at a place, to choose one of: shown beneath the text, walked by keys.
//
// Never: touches the text. Whoever owns it puts there what is chosen.
#pragma once

#include "palette.hpp"
#include "picture.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace quern {

struct Choice {
  std::string text;
  std::string kind;  // function, keyword; empty: not known
  friend bool operator==(const Choice&, const Choice&) = default;
};

class Menu {
 public:
  // `stands` is what the choices would replace.
  void open(std::size_t begin, std::string stands, std::vector<Choice> choices);
  void close() { choices_.clear(); }
  bool is_open() const { return !choices_.empty(); }
  bool walks() const { return at_.has_value(); }

  // As wide as the window, so many rows high at most.
  void fit(int width, std::size_t most);
  void next(int by);   // round and round
  void aside(int by);  // by columns
  void none() { at_.reset(); }

  // Where it stands in the text, and what should stand there.
  std::size_t begin() const { return begin_; }
  const std::string& wanted() const { return at_ ? choices_[*at_].text : stands_; }
  std::vector<PaintedLine> rows(const Palette& palette) const;

 private:
  PaintedLine row(std::size_t number, const Palette& palette) const;

  std::size_t begin_ = 0;
  std::string stands_;
  std::vector<Choice> choices_;
  std::optional<std::size_t> at_;
  int widest_text_ = 1;
  bool kinds_ = false;     // there is room for them
  int cell_ = 1;           // columns of a window's that a choice takes
  std::size_t high_ = 1;   // rows in all: choices go down first
  std::size_t shown_ = 1;  // of them
};

}  // namespace quern
