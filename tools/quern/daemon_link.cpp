// SPDX-License-Identifier: Apache-2.0
#include "daemon_link.hpp"

#include "endpoint.hpp"

namespace quern {
namespace {

constexpr std::chrono::milliseconds probe_patience{3'000};

}  // namespace

DaemonLink::DaemonLink(const Common& common, Otherwise otherwise) {
  const Keys keys = read_keys(common.server_key, common.secret_key);
  const std::string endpoint = common.endpoint.empty() ? default_endpoint : common.endpoint;
  if (who_listens(endpoint, probe_patience) != Listening::no) {
    session_.emplace(endpoint, -1, keys);
    return;
  }
  if (!common.endpoint.empty())
    throw Failure("nobody listens at " + endpoint + "; start one with: quernd --endpoint " +
                  endpoint);
  // Whoever names a daemon's key means that daemon.
  if (otherwise == Otherwise::fail || keys.any())
    throw Failure("no daemon is running at " + endpoint +
                  "; start quernd, or say with --endpoint where one listens.");
  private_.emplace();
  session_.emplace(private_->endpoint(), private_->lifeline(), Keys{});
}

}  // namespace quern
