// SPDX-License-Identifier: Apache-2.0
#include "last_line.hpp"

namespace quern {
namespace {

bool continues_a_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

}  // namespace

// Looks at no more than it keeps, whatever the size of what was written.
void LastLine::add(std::string_view bytes) {
  if (bytes.size() > most) {
    text_.clear();
    bytes.remove_prefix(bytes.size() - most);
    while (!bytes.empty() && continues_a_character(bytes.front())) bytes.remove_prefix(1);
  }
  // What was written before a return is written over.
  const std::size_t end = bytes.find_last_of("\n\r");
  if (end != std::string_view::npos) {
    text_.clear();
    bytes.remove_prefix(end + 1);
  }
  text_ += bytes;
  if (text_.size() <= most) return;
  std::size_t cut = text_.size() - most;
  while (cut < text_.size() && continues_a_character(text_[cut])) ++cut;
  text_.erase(0, cut);
}

}  // namespace quern
