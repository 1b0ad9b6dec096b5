// SPDX-License-Identifier: Apache-2.0
#include "request_lanes.hpp"

#include <string>
#include <utility>

namespace quern {

namespace {

// About what a request takes in memory beside its bytes.
constexpr std::size_t request_overhead = kib;

std::size_t size_of(const Argv& words) {
  std::size_t size = 0;
  for (const std::string& word : words) size += word.size();
  return size;
}

std::size_t size_of(const Environment& env) {
  std::size_t size = 0;
  for (const auto& [name, value] : env) size += name.size() + value.size();
  return size;
}

std::size_t size_of(const Put& op) { return op.bytes.size(); }
std::size_t size_of(const Input& op) { return op.bytes.size(); }
std::size_t size_of(const Complete& op) { return op.code.size(); }
std::size_t size_of(const Inspect& op) { return op.code.size(); }
std::size_t size_of(const Check& op) { return op.code.size(); }
std::size_t size_of(const OpenContext& op) { return size_of(op.env); }
std::size_t size_of(const StartRun& op) {
  std::size_t size = op.code.size() + op.meta.bytes.size() + size_of(op.env) + size_of(op.argv) +
                     size_of(op.command);
  for (const File& file : op.files) size += file.path.size() + file.bytes.size() + sizeof(File);
  return size;
}
template <class Small>
std::size_t size_of(const Small&) {
  return 0;
}

std::size_t size_of(const Request& request) {
  return request_overhead + std::visit([](const auto& op) { return size_of(op); }, request.op);
}

}  // namespace

const RequestLanes::Lane* RequestLanes::find(const Peer& peer) const {
  auto found = lanes_.find(&peer);
  return found == lanes_.end() ? nullptr : &found->second;
}

bool RequestLanes::closed(const Peer& peer) const {
  const Lane* lane = find(peer);
  return lane && lane->closed;
}

void RequestLanes::close(const Peer& peer) { lanes_[&peer].closed = true; }

Result<void> RequestLanes::wait(const Peer& peer, Request request) {
  Lane& lane = lanes_[&peer];
  std::size_t size = size_of(request);
  if (lane.bytes + size > max_waiting) {
    return Error{ErrorCode::limit,
                 "There are " + std::to_string(lane.bytes) +
                     " bytes of requests waiting behind a file op of this connection; "
                     "at most " +
                     std::to_string(max_waiting) + " may. Await some of the replies first."};
  }
  lane.bytes += size;
  lane.waiting.push_back(std::move(request));
  return {};
}

void RequestLanes::open(const Peer& peer) { lanes_[&peer].closed = false; }

std::optional<Request> RequestLanes::next(const Peer& peer) {
  Lane& lane = lanes_[&peer];
  if (lane.waiting.empty()) {
    lanes_.erase(&peer);
    return std::nullopt;
  }
  Request request = std::move(lane.waiting.front());
  lane.waiting.pop_front();
  lane.bytes -= size_of(request);
  return request;
}

void RequestLanes::left(const Peer& peer) {
  if (auto found = lanes_.find(&peer); found != lanes_.end()) found->second.left = true;
}

bool RequestLanes::has_left(const Peer& peer) const {
  const Lane* lane = find(peer);
  return lane && lane->left;
}

}  // namespace quern
