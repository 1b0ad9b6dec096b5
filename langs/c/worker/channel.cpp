// SPDX-License-Identifier: Apache-2.0
#include "channel.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>

namespace quern {
namespace {

constexpr std::size_t longest_line = 64 * 1024;  // the contract's
// Above what a snippet is likely to open; below the usual limit of 1024.
constexpr int first_high = 200;

int moved_high(int fd) {
  if (fd < 0) {
    return fd;
  }
  int high = fcntl(fd, F_DUPFD_CLOEXEC, first_high);
  if (high < 0) {  // a small limit of open files
    high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
  }
  if (high < 0) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
  }
  close(fd);
  return high;
}

std::optional<std::size_t> count_of(std::string_view digits) {
  std::size_t count = 0;
  auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (digits.empty() || error != std::errc() || stop != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return count;
}

}  // namespace

const std::string* Frame::part(std::string_view name) const {
  for (const auto& [known, body] : parts) {
    if (known == name) {
      return &body;
    }
  }
  return nullptr;
}

std::string Frame::attribute(const std::string& key) const {
  auto found = attributes.find(key);
  return found == attributes.end() ? std::string() : found->second;
}

Channel::Channel(int requests, int replies)
    : requests_(moved_high(requests)), replies_(moved_high(replies)) {}

Channel::~Channel() {
  if (requests_ >= 0) {
    close(requests_);
  }
  close(replies_);
}

bool Channel::fill() {
  char bytes[65536];
  for (;;) {
    ssize_t count = ::read(requests_, bytes, sizeof bytes);
    if (count > 0) {
      buffer_.append(bytes, static_cast<std::size_t>(count));
      return true;
    }
    if (count == 0 || errno != EINTR) {
      return false;
    }
  }
}

std::optional<Frame> Channel::read() {
  for (;;) {
    if (std::optional<Frame> frame = parse(buffer_)) {
      return frame;
    }
    if ((buffer_.size() > longest_line && buffer_.find('\n') > longest_line) || !fill()) {
      return std::nullopt;
    }
  }
}

std::optional<Frame> Channel::parse(std::string& buffer) {
  std::size_t newline = buffer.find('\n');
  if (newline == std::string::npos) {
    return std::nullopt;
  }
  Frame frame;
  std::vector<std::size_t> sizes;
  std::size_t total = newline + 1;
  for (std::size_t at = 0; at <= newline;) {
    std::size_t space = std::min(buffer.find(' ', at), newline);
    std::string word = buffer.substr(at, space - at);
    at = space + 1;
    std::size_t colon = word.rfind(':');
    std::optional<std::size_t> size;
    if (colon != std::string::npos) {
      size = count_of(std::string_view(word).substr(colon + 1));
    }
    if (frame.kind.empty()) {
      frame.kind = word;
    } else if (size) {
      frame.parts.emplace_back(word.substr(0, colon), "");
      sizes.push_back(*size);
      total += *size;
    } else if (std::size_t equals = word.find('='); equals != std::string::npos) {
      frame.attributes[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
  if (buffer.size() < total) {
    return std::nullopt;
  }
  std::size_t at = newline + 1;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    frame.parts[i].second = buffer.substr(at, sizes[i]);
    at += sizes[i];
  }
  buffer.erase(0, total);
  return frame;
}

void Channel::write(const Frame& frame) {
  std::string bytes = frame.kind;
  for (const auto& [key, value] : frame.attributes) {
    bytes += ' ' + key + '=' + value;
  }
  for (const auto& [name, body] : frame.parts) {
    bytes += ' ' + name + ':' + std::to_string(body.size());
  }
  bytes += '\n';
  for (const auto& [name, body] : frame.parts) {
    bytes += body;
  }
  for (std::string_view rest = bytes; !rest.empty();) {
    ssize_t count = ::write(replies_, rest.data(), rest.size());
    if (count > 0) {
      rest.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      _exit(1);  // nobody listens any more
    }
  }
}

}  // namespace quern
