// SPDX-License-Identifier: Apache-2.0
// A client as the core sees it: someone who hears replies and events.
//
// Doors implement it, one for each connection, and tell the dispatcher when it has gone; tests
// implement it to listen. The order of calls is the order in which the client hears.
#pragma once

#include "record.hpp"
#include "reply.hpp"

#include <string>

namespace quern {

class Peer {
 public:
  Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  virtual ~Peer() = default;

  virtual const std::string& conn() const = 0;  // unique in this boot
  virtual void reply(const std::string& id, const Reply& reply) = 0;
  virtual void event(const Record& record) = 0;
  virtual void gap(const Stamped& gap) = 0;
  virtual void context(const ContextChanged& event) = 0;
};

}  // namespace quern
