// SPDX-License-Identifier: Apache-2.0
// What holds, where nobody says otherwise, for a daemon that stands where images have it:
// /opt/quern/bin/quernd.
//
// A container's loopback cannot be published, so it listens on a socket in a folder that can be
// mounted; and where keys were mounted, on a port too.
#pragma once

#include "config.hpp"

namespace quern {

bool stands_in_image();

// `endpoints_named`: somebody has said where to listen.
void add_image_defaults(Config& config, bool endpoints_named);

}  // namespace quern
