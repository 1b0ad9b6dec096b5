// SPDX-License-Identifier: Apache-2.0
// Where the daemon's program and its languages are on this machine.
#pragma once

#include <filesystem>
#include <string>

namespace quern {

// QUERND_BIN, else beside quern itself, else on PATH. Throws Failure when there is none.
std::filesystem::path find_quernd();

// QUERND_LANGS, else langs/ of the tree or prefix that quern lies in, else /opt/quern/langs. Throws
// Failure when there is none.
std::filesystem::path find_langs();

// Where a daemon listens when nobody says otherwise: at a socket where we stand as in an image, in
// /opt/quern, else on loopback.
std::string default_endpoint();

}  // namespace quern
