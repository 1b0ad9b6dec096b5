// SPDX-License-Identifier: Apache-2.0
// What a worker and the daemon say to each other: frames of langs/WORKER.md. Pure.
#pragma once

#include "error.hpp"
#include "limits.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern {

struct WorkerFrame {
  std::string kind;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<std::pair<std::string, std::string>> parts;

  std::string_view attribute(std::string_view key) const;  // empty when absent
  const std::string* part(std::string_view name) const;    // the first of that name
  friend bool operator==(const WorkerFrame&, const WorkerFrame&) = default;
};

// A line longer than this is no line of ours: an adapter's frames have a handful of words.
inline constexpr std::size_t max_frame_line = 64 * kib;
// All parts of one frame: as much as a request's body, which becomes the code of one `run`.
inline constexpr std::size_t max_frame_parts = max_body;

// Throws when a word could not be read back (a space in an attribute, say): that is a bug of ours.
std::string encode(const WorkerFrame& frame);

// An attribute that is a number; nothing when it is absent or something else.
std::optional<std::int64_t> number(const WorkerFrame& frame, std::string_view key);

// As much of a program's words as there is room for, marked when that is not all.
std::string clipped(std::string_view text, std::size_t most);

// Bytes in, frames out, under every fragmentation. After an Error the stream is not to be trusted
// again: each later next() says the same.
//
// Holds at most one unfinished frame and what was fed behind it; its owner bounds how much that is.
class FrameReader {
 public:
  void feed(std::string_view bytes);
  // A frame, nothing yet, or what is wrong with the stream.
  Result<std::optional<WorkerFrame>> next();

 private:
  // A line that has been read while its parts have not all come: they are not looked at before.
  struct Pending {
    WorkerFrame frame;
    std::vector<std::size_t> sizes;  // of frame.parts
    std::size_t total = 0;
  };

  static Result<Pending> read_line(std::string_view line);
  static std::optional<Error> read_word(std::string_view word, Pending& pending);
  void compact();

  std::string buffer_;
  std::size_t taken_ = 0;     // up to here it has become frames
  std::size_t searched_ = 0;  // between taken_ and here there is no newline
  std::optional<Pending> pending_;
  std::optional<Error> broken_;
};

}  // namespace quern
