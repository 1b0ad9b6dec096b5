// SPDX-License-Identifier: Apache-2.0
// A name that no run has ever had: a random UUID.
#pragma once

#include <sys/random.h>

#include <array>
#include <string>

namespace quern {

inline std::string fresh_run_name() {
  std::array<unsigned char, 16> bytes{};
  // 16 bytes come whole or, before the kernel has any randomness, not yet.
  while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string name;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) name += '-';
    name += "0123456789abcdef"[bytes[i] >> 4];
    name += "0123456789abcdef"[bytes[i] & 0x0F];
  }
  return name;
}

}  // namespace quern
