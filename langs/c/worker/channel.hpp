// SPDX-License-Identifier: Apache-2.0
//
// The worker's side of the worker contract (langs/WORKER.md): requests in, replies out, one frame
// at a time.
//
// Owns both descriptors, moved high and closed to children, so that a snippet's own first file
// is 3. Lives as long as the worker. A frame is written whole. Never touches descriptors 0, 1 and
// 2, and knows nothing of C.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern {

struct Frame {
  std::string kind;
  std::map<std::string, std::string> attributes;
  std::vector<std::pair<std::string, std::string>> parts;

  // The part of that name; empty when there is none.
  const std::string* part(std::string_view name) const;
  std::string attribute(const std::string& key) const;
};

class Channel {
 public:
  // Takes the two descriptors over. Without one for requests (-1) it only writes.
  Channel(int requests, int replies);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Nothing at the end of requests, or when what comes is no frame.
  std::optional<Frame> read();
  void write(const Frame& frame);

  // Takes the first frame off the buffer, when all of it is there.
  static std::optional<Frame> parse(std::string& buffer);

 private:
  bool fill();

  int requests_;
  int replies_;
  std::string buffer_;
};

}  // namespace quern
