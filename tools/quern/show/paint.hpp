// SPDX-License-Identifier: Apache-2.0
// Text in the few styles that a prompt's neighbours wear, or as it is where no colours are wanted.
#pragma once

#include <string>
#include <string_view>

namespace quern {

class Paint {
 public:
  explicit Paint(bool colours) : colours_(colours) {}

  std::string dim(std::string_view text) const { return styled("2", text); }
  std::string bold(std::string_view text) const { return styled("1", text); }
  std::string alarm(std::string_view text) const { return styled("1;31", text); }
  std::string mark(std::string_view text) const { return styled("31", text); }
  std::string label(std::string_view text) const { return styled("32", text); }

 private:
  std::string styled(const char* style, std::string_view text) const {
    if (!colours_ || text.empty()) return std::string(text);
    return "\x1b[" + std::string(style) + "m" + std::string(text) + "\x1b[0m";
  }
  bool colours_;
};

}  // namespace quern
