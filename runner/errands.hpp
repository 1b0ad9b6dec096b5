// SPDX-License-Identifier: Apache-2.0
// What quernd does when it is not to serve. Each gives the exit code.
#pragma once

#include "config.hpp"

namespace quern {

// The adapters are read too; nothing is made or started.
int check_config(const Config& config);

int report_health(const Config& config);

}  // namespace quern
