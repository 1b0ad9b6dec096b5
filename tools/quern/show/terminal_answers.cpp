// SPDX-License-Identifier: Apache-2.0
#include "terminal_answers.hpp"

#include <cstdio>
#include <utility>

namespace quern {
namespace {

constexpr std::string_view string_ends = "\x1b\\";
constexpr int largest_cell = 200;

bool has_attribute(std::string_view attributes, std::string_view wanted) {
  while (!attributes.empty()) {
    const std::size_t end = attributes.find(';');
    if (attributes.substr(0, end) == wanted) return true;
    if (end == std::string_view::npos) break;
    attributes.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

std::string terminal_question() {
  return "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[>q\x1b[16t\x1b[c\r\x1b[K";
}

void TerminalAnswers::take(std::string_view bytes) {
  bytes_ += bytes;
  while (!bytes_.empty() && take_one());
}

// Takes an answer or a byte that is none from the front; false where the rest must come first.
bool TerminalAnswers::take_one() {
  const std::string_view rest = bytes_;
  std::size_t end = 1;
  bool answer = false;
  if (rest == "\x1b") return false;
  if (rest.starts_with("\x1b_") || rest.starts_with("\x1bP")) {
    const std::size_t closing = rest.find(string_ends, 2);
    if (closing == std::string_view::npos) return false;
    end = closing + string_ends.size();
    answer = true;
  } else if (rest.starts_with("\x1b[")) {
    const std::size_t last = rest.find_first_not_of("0123456789;?", 2);
    if (last == std::string_view::npos) return false;
    answer = (rest[2] == '?' && rest[last] == 'c') || rest[last] == 't';
    if (answer) end = last + 1;
  }
  if (answer)
    note(rest.substr(0, end));
  else
    typed_ += rest.substr(0, end);
  bytes_.erase(0, end);
  return true;
}

void TerminalAnswers::note(std::string_view answer) {
  if (answer.starts_with("\x1b_G")) {
    kitty_ = kitty_ || answer.find(";OK") != std::string_view::npos;
  } else if (answer.starts_with("\x1bP>|")) {
    iterm_ = answer.find("iTerm2") != std::string_view::npos ||
             answer.find("WezTerm") != std::string_view::npos;
  } else if (answer.ends_with('c')) {
    sixel_ = has_attribute(answer.substr(3, answer.size() - 4), "4");
    done_ = true;
  } else {
    int height = 0, width = 0;
    if (std::sscanf(std::string(answer).c_str(), "\x1b[6;%d;%dt", &height, &width) != 2) return;
    if (height < 1 || width < 1 || height > largest_cell || width > largest_cell) return;
    cell_width_ = width;
    cell_height_ = height;
  }
}

std::string TerminalAnswers::typed() {
  return std::exchange(typed_, {}) + std::exchange(bytes_, {});
}

void TerminalAnswers::tell(Look& look) const {
  if (kitty_)
    look.pictures = Look::Pictures::kitty;
  else if (iterm_)
    look.pictures = Look::Pictures::iterm;
  else if (sixel_)
    look.pictures = Look::Pictures::sixel;
  look.cell_width = cell_width_;
  look.cell_height = cell_height_;
}

}  // namespace quern
