// SPDX-License-Identifier: Apache-2.0
// What is in a directory: a page of its entries, by name. Blocking: for the file thread.
#pragma once

#include "error.hpp"
#include "reply.hpp"
#include "request.hpp"

namespace quern {

// Sorted by the bytes of the names; at most so many as fit into one head, the rest is `more`. Holds
// no more than one page in memory, however many entries the directory has.
Result<ListReply> list_directory(const List& op);

}  // namespace quern
