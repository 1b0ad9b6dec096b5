// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include "look.hpp"
#include "progress_line.hpp"
#include "table.hpp"

#include <unistd.h>

namespace quern {
namespace {

constexpr const char* begin_line = "\r\x1b[K";

}  // namespace

Progress::Progress(Writer& writer, std::string what, std::uint64_t total)
    : writer_(writer),
      what_(std::move(what)),
      total_(total),
      visible_(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (!shown_) return;
  writer_.err(begin_line);
  writer_.note_newline();
}

void Progress::reached(std::uint64_t bytes) {
  if (!visible_) return;
  shown_ = true;
  std::string amounts = readable_size(bytes);
  std::optional<double> share;
  if (total_ > 0) {
    amounts += " of " + readable_size(total_);
    share = static_cast<double>(bytes) / static_cast<double>(total_);
  }
  writer_.err(begin_line + progress_line(what_, amounts, share, window_of(STDERR_FILENO).columns));
}

}  // namespace quern
