// SPDX-License-Identifier: Apache-2.0
// The counters of `status` as Prometheus' text format (0.0.4). Pure.
//
// The one table of what a counter is called there and what it means. A counter that is not in the
// table, of a younger daemon, comes without a help.
#pragma once

#include "reply.hpp"

#include <string>

namespace quern {

std::string prometheus_text(const StatusReply& status, const std::string& version);

}  // namespace quern
