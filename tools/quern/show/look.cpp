// SPDX-License-Identifier: Apache-2.0
#include "look.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace quern {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Look::Colours colours_of_environment() {
  const std::string_view term = variable("TERM");
  if (!variable("NO_COLOR").empty()) return Look::Colours::none;
  if (const std::string_view said = variable("COLORTERM"); said == "truecolor" || said == "24bit")
    return Look::Colours::direct;
  if (contains(term, "direct") || contains(term, "kitty")) return Look::Colours::direct;
  if (contains(term, "256color")) return Look::Colours::indexed;
  return Look::Colours::sixteen;
}

}  // namespace

Look look_of_environment(bool plain) {
  const std::string_view term = variable("TERM");
  Look look;
  if (plain || term.empty() || term == "dumb" || !::isatty(STDIN_FILENO) ||
      !::isatty(STDOUT_FILENO))
    return look;
  look.terminal = true;
  look.marks = term != "linux";  // which would show them
  look.colours = colours_of_environment();
  if (look.colours == Look::Colours::indexed || look.colours == Look::Colours::direct)
    look.pictures = Look::Pictures::blocks;
  return look;
}

bool may_ask_terminal(const Look& look) {
  const std::string_view term = variable("TERM");
  return look.terminal && look.coloured() && look.marks && variable("TMUX").empty() &&
         variable("STY").empty() && !term.starts_with("tmux") && !term.starts_with("screen") &&
         variable("TERM_PROGRAM") != "Apple_Terminal";
}

Window window_of(int fd) {
  Window window;
  winsize told{};
  if (::ioctl(fd, TIOCGWINSZ, &told) == 0) {
    if (told.ws_col > 0) window.columns = told.ws_col;
    if (told.ws_row > 0) window.rows = told.ws_row;
    if (told.ws_col > 0 && told.ws_row > 0 && told.ws_xpixel > 0 && told.ws_ypixel > 0) {
      window.cell_width = told.ws_xpixel / told.ws_col;
      window.cell_height = told.ws_ypixel / told.ws_row;
    }
  }
  return window;
}

Window window_now(const Look& look) {
  Window window = window_of(STDOUT_FILENO);
  if (look.cell_width > 0 && look.cell_height > 0) {
    window.cell_width = look.cell_width;
    window.cell_height = look.cell_height;
  }
  if (window.cell_width < 1 || window.cell_height < 1) {
    window.cell_width = 8;
    window.cell_height = 16;
  }
  return window;
}

}  // namespace quern
