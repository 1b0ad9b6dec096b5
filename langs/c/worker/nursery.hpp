// SPDX-License-Identifier: Apache-2.0
//
// The template of the worker contract: a warm compiler that runs no code and forks into workers on
// request.
//
// One request on the socket, five descriptors with it, one new worker, which the daemon adopts. Has
// one thread, and stays as it was started.
#pragma once

namespace quern {

// Returns only in a new worker, whose descriptors, directory and environment are then in place. The
// template's own process ends within.
void hatch(const char* version, const char* title);

}  // namespace quern
