// SPDX-License-Identifier: Apache-2.0
// The daemon that a command talks to: the one named, the one at the default place, or one of our
// own.
//
// Owns both the conversation and, where there is one, the private daemon, which ends after it.
#pragma once

#include "common.hpp"
#include "private_daemon.hpp"
#include "session.hpp"

#include <optional>

namespace quern {

class DaemonLink {
 public:
  enum class Otherwise { fail, start_one };
  DaemonLink(const Common& common, Otherwise otherwise);

  Session& session() { return *session_; }
  bool is_private() const { return is_private_; }
  const std::string& endpoint() const { return endpoint_; }

  // When the session is lost: goes to the daemon that listens at the same place by now, or starts
  // another private one. False: nobody listens there. Throws Failure.
  bool renew();

 private:
  std::string endpoint_;
  bool is_private_ = false;
  std::optional<PrivateDaemon> private_;
  std::optional<Session> session_;
};

}  // namespace quern
