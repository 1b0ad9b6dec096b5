// SPDX-License-Identifier: Apache-2.0
// A file on its way to where the programs run, or back: in pieces, with its progress shown.
#pragma once

#include "local_file.hpp"
#include "session.hpp"
#include "surface.hpp"

#include <string>

namespace quern {

// Small enough that a piece is quick and nobody else waits for it, large enough that its two
// messages cost nothing.
inline constexpr std::size_t transfer_piece = 4 * mib;

std::string file_name_of(const std::string& path);
// Where a file goes: to the name itself, or into the folder that ends in a slash.
std::string remote_place(const std::string& local, const std::string& remote);

// `request` has its first bytes already; gives the size of the file.
std::uint64_t put_pieces(Session& session, LocalSource& source, Put request,
                         const Surface& surface);
// The file is there whole or not at all.
void get_to_file(Session& session, Get request, const std::string& local, const Surface& surface);

}  // namespace quern
