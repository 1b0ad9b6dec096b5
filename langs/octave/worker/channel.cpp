// SPDX-License-Identifier: Apache-2.0
#include "channel.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace quern {
namespace {

constexpr int high_descriptor = 400;

int moved_high(int fd) {
  if (fd < 0) return fd;
  int high = fcntl(fd, F_DUPFD_CLOEXEC, high_descriptor);
  if (high < 0) high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  close(fd);
  return high;
}

bool parse_number(std::string_view text, size_t& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

// How many bytes the character at the beginning has; 0 when there is none.
size_t character(std::string_view text) {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  if (first < 0x80) return 1;
  const size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                      : (first & 0xF0) == 0xE0         ? 3
                      : first >= 0xF0 && first <= 0xF4 ? 4
                                                       : 0;
  if (size == 0 || size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  if ((first == 0xE0 && at(1) < 0xA0) || (first == 0xED && at(1) > 0x9F))
    return 0;  // too long; a surrogate
  if ((first == 0xF0 && at(1) < 0x90) || (first == 0xF4 && at(1) > 0x8F)) return 0;
  return size;
}

std::string sound(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    const size_t size = character(text);
    all += size ? text.substr(0, size) : "\xEF\xBF\xBD";
    text.remove_prefix(size ? size : 1);
  }
  return all;
}

}  // namespace

bool Request::is(std::string_view attribute, std::string_view value) const {
  const auto found = attributes.find(attribute);
  return found != attributes.end() && found->second == value;
}

const std::string* Request::part(std::string_view name) const {
  const auto found = parts.find(name);
  return found == parts.end() ? nullptr : &found->second;
}

std::string Request::code() const {
  const std::string* code = part("code");
  return code ? *code : std::string();
}

size_t Request::cursor() const {
  const auto found = attributes.find("cursor");
  size_t cursor = 0;
  if (found == attributes.end() || !parse_number(found->second, cursor)) return code().size();
  return std::min(cursor, code().size());
}

Frame& Frame::attribute(std::string_view name, std::string_view value) {
  line_.append(" ").append(name).append("=").append(value);
  return *this;
}

Frame& Frame::bytes(std::string_view name, std::string_view data) {
  line_.append(" ").append(name).append(":").append(std::to_string(data.size()));
  parts_ += data;
  return *this;
}

Frame& Frame::text(std::string_view name, std::string_view data) {
  return bytes(name, sound(data));
}

Channel::Channel(int requests, int replies)
    : requests_(moved_high(requests)), replies_(moved_high(replies)) {}

bool Channel::fill() {
  char chunk[1 << 16];
  ssize_t count;
  do {
    count = ::read(requests_, chunk, sizeof chunk);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return false;
  buffer_.append(chunk, static_cast<size_t>(count));
  return true;
}

std::optional<Request> Channel::parse(std::string& buffer) {
  const size_t newline = buffer.find('\n');
  if (newline == std::string::npos) return std::nullopt;
  Request request;
  std::vector<std::pair<std::string, size_t>> sizes;
  size_t all = newline + 1;
  const std::string line = buffer.substr(0, newline);
  for (size_t from = 0, to; from <= line.size(); from = to + 1) {
    to = std::min(line.find(' ', from), line.size());
    const std::string word = line.substr(from, to - from);
    const size_t colon = word.rfind(':'), equals = word.find('=');
    size_t size;
    if (from == 0) {
      request.kind = word;
    } else if (colon != std::string::npos &&
               parse_number(std::string_view(word).substr(colon + 1), size)) {
      sizes.emplace_back(word.substr(0, colon), size);
      all += size;
    } else if (equals != std::string::npos) {
      request.attributes[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
  if (buffer.size() < all) return std::nullopt;
  size_t at = newline + 1;
  for (const auto& [name, size] : sizes) {
    request.parts[name] = buffer.substr(at, size);
    at += size;
  }
  buffer.erase(0, all);
  return request;
}

std::optional<Request> Channel::read() {
  for (;;) {
    if (auto request = parse(buffer_)) return request;
    if (!fill()) return std::nullopt;
  }
}

void Channel::send(const Frame& frame) {
  const std::string all = frame.line_ + "\n" + frame.parts_;
  for (size_t at = 0; at < all.size();) {
    const ssize_t count = write(replies_, all.data() + at, all.size() - at);
    if (count >= 0) {
      at += static_cast<size_t>(count);
    } else if (errno != EINTR) {
      return;  // the daemon is gone, as the next read will tell
    }
  }
}

}  // namespace quern
