// SPDX-License-Identifier: Apache-2.0
#include "daemon_link.hpp"

#include "endpoint.hpp"
#include "installation.hpp"

namespace quern {
namespace {

constexpr std::chrono::milliseconds probe_patience{3'000};

}  // namespace

DaemonLink::DaemonLink(const Common& common, Otherwise otherwise) {
  const Keys keys = read_keys(common.server_key, common.secret_key);
  endpoint_ = common.endpoint.empty() ? default_endpoint() : common.endpoint;
  check_endpoint(endpoint_);
  if (who_listens(endpoint_, probe_patience) != Listening::no) {
    session_.emplace(endpoint_, -1, keys);
    return;
  }
  if (!common.endpoint.empty())
    throw Failure("nobody listens at " + endpoint_ + "; start one with: quernd --endpoint " +
                  endpoint_);
  // Whoever names a daemon's key means that daemon.
  if (otherwise == Otherwise::fail || keys.any())
    throw Failure("no daemon is running at " + endpoint_ +
                  "; start quernd, or say with --endpoint where one listens.");
  is_private_ = true;
  private_.emplace();
  endpoint_ = private_->endpoint();
  session_.emplace(endpoint_, private_->lifeline(), Keys{});
}

bool DaemonLink::renew() {
  if (!is_private_) {
    if (who_listens(endpoint_, probe_patience) == Listening::no) return false;
    session_->renew(endpoint_, -1);
    return true;
  }
  private_.emplace();  // the one that has ended goes with its folder
  endpoint_ = private_->endpoint();
  session_->renew(endpoint_, private_->lifeline());
  return true;
}

}  // namespace quern
