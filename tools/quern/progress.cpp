// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

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
  std::string line = begin_line + what_ + "  " + readable_size(bytes);
  if (total_ > 0)
    line += " of " + readable_size(total_) + "  " + std::to_string(bytes * 100 / total_) + "%";
  writer_.err(line);
}

}  // namespace quern
