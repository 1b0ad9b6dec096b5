// SPDX-License-Identifier: Apache-2.0
//
// The worker's side of the worker contract (langs/WORKER.md): requests in, replies out, one frame
// at a time.
//
// Owns both descriptors, moved high and closed to children. A frame is written whole. Knows nothing
// of Octave.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern {

struct Request {
  std::string kind;
  std::map<std::string, std::string, std::less<>> attributes, parts;

  bool is(std::string_view attribute, std::string_view value) const;
  const std::string* part(std::string_view name) const;  // nullptr when there is none
  std::string code() const;
  size_t cursor() const;  // within the code
};

class Frame {
 public:
  explicit Frame(std::string head) : line_(std::move(head)) {}
  Frame& attribute(std::string_view name, std::string_view value);
  Frame& bytes(std::string_view name, std::string_view data);
  Frame& text(std::string_view name, std::string_view data);  // what is no UTF-8 becomes U+FFFD

 private:
  friend class Channel;
  std::string line_, parts_;
};

class Channel {
 public:
  Channel(int requests, int replies);  // without requests (-1) it only writes
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  std::optional<Request> read();  // nothing at the end of requests
  void send(const Frame& frame);  // whoever prints has flushed
  int replies() const { return replies_; }

  // Takes the first request off the buffer, when all of it is there.
  static std::optional<Request> parse(std::string& buffer);

 private:
  bool fill();

  int requests_, replies_;
  std::string buffer_;
};

}  // namespace quern
