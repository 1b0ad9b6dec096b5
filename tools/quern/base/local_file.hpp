// SPDX-License-Identifier: Apache-2.0
// Files on our side: one that is read in pieces, and one that is there whole or not at all.
#pragma once

#include "owned_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quern {

// `-` is stdin.
class LocalSource {
 public:
  explicit LocalSource(const std::string& path);

  std::uint64_t size() const { return size_; }  // 0: not known
  std::optional<std::uint32_t> mode() const { return mode_; }
  // Shorter than asked for at the end only.
  std::string read(std::size_t most);

 private:
  std::string path_;
  OwnedFd opened_;
  int fd_;
  std::uint64_t size_ = 0;
  std::optional<std::uint32_t> mode_;
};

// Written beside and renamed by keep(); without it nothing stays. What is there and no regular file
// (a device, a pipe) is written as it is.
class LocalTarget {
 public:
  LocalTarget(std::string path, std::uint32_t mode);
  ~LocalTarget();
  LocalTarget(const LocalTarget&) = delete;
  LocalTarget& operator=(const LocalTarget&) = delete;

  void write(std::string_view bytes);
  void keep();

 private:
  std::string path_;
  std::string beside_;  // empty: nothing to rename, or done
  OwnedFd fd_;
};

}  // namespace quern
