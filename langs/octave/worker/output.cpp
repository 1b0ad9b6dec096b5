// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace quern::output {
namespace {

constexpr size_t most_bytes = 1 << 16;

class Lines : public std::streambuf {
 public:
  void flush() { put(pending_.size()); }

 protected:
  int_type overflow(int_type byte) override {
    const char character = traits_type::to_char_type(byte);
    if (!traits_type::eq_int_type(byte, traits_type::eof())) xsputn(&character, 1);
    return traits_type::not_eof(byte);
  }

  std::streamsize xsputn(const char* data, std::streamsize size) override {
    const std::string_view text(data, static_cast<size_t>(size));
    const size_t newline = text.rfind('\n'), before = pending_.size();
    pending_ += text;
    if (newline != text.npos) put(before + newline + 1);
    if (pending_.size() > most_bytes) flush();
    return size;
  }

 private:
  void put(size_t size) {
    for (size_t at = 0; at < size;) {
      const ssize_t count = write(STDOUT_FILENO, pending_.data() + at, size - at);
      if (count >= 0)
        at += static_cast<size_t>(count);
      else if (errno != EINTR)
        break;  // nobody reads any more
    }
    pending_.erase(0, size);
  }

  std::string pending_;
};

Lines lines;

class Before : public std::streambuf {
 protected:
  int sync() override {
    lines.flush();
    return 0;
  }
} before;

std::ostream before_others(&before);

}  // namespace

void setup() {
  std::cout.rdbuf(&lines);
  std::cerr.tie(&before_others);
  std::cin.tie(&before_others);
}

void flush() { lines.flush(); }

}  // namespace quern::output
