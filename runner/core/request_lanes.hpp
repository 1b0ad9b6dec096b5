// SPDX-License-Identifier: Apache-2.0
// The requests of a connection that wait for a file op of the same connection.
//
// File ops are done on a thread of their own, but a connection's requests take effect in the order
// sent: a program that is started after a `put` finds the file. So a file op closes its
// connection's lane until it is done; what comes meanwhile is kept here, up to max_waiting bytes.
// Doing small puts at once on the event loop would be no order: one could overtake a large one
// before it. Owned by the dispatcher, which decides what may pass. Never: serves a request.
#pragma once

#include "error.hpp"
#include "peer.hpp"
#include "request.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>

namespace quern {

class RequestLanes {
 public:
  bool closed(const Peer& peer) const;
  void close(const Peer& peer);
  Result<void> wait(const Peer& peer, Request request);

  // The file op is done: the lane is open, and gone once nobody waits in it.
  void open(const Peer& peer);
  std::optional<Request> next(const Peer& peer);

  // The connection is not there any more; what it asked before is done all the same.
  void left(const Peer& peer);
  bool has_left(const Peer& peer) const;

 private:
  struct Lane {
    std::deque<Request> waiting;
    std::size_t bytes = 0;
    bool closed = false;
    bool left = false;
  };
  const Lane* find(const Peer& peer) const;

  std::map<const Peer*, Lane> lanes_;  // of connections that have a file op under way
};

}  // namespace quern
