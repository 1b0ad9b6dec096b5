// SPDX-License-Identifier: Apache-2.0
// What programs inherit of the daemon's environment: all that is not meant for the daemon itself.
#pragma once

#include "request.hpp"

namespace quern {

Environment inherited_environment(char** environment);

}  // namespace quern
