// SPDX-License-Identifier: Apache-2.0
// The daemon that a command talks to: the one named, the one at the default place, or one of our
// own.
//
// Owns both the conversation and, where there is one, the private daemon, which ends after it.
#pragma once

#include "options.hpp"
#include "private_daemon.hpp"
#include "session.hpp"

#include <optional>

namespace quern {

class DaemonLink {
 public:
  enum class Otherwise { fail, start_one };
  DaemonLink(const Common& common, Otherwise otherwise);

  Session& session() { return *session_; }
  bool is_private() const { return private_.has_value(); }

 private:
  std::optional<PrivateDaemon> private_;
  std::optional<Session> session_;
};

}  // namespace quern
