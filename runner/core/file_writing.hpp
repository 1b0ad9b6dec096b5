// SPDX-License-Identifier: Apache-2.0
// Bytes into a file. Blocking: for the file thread.
//
// In place, or atomically: then whoever opens the path finds the old content or the new, never a
// part. That holds against readers, not against a power cut: nothing is synced to the disk, for one
// slow disk must not hold up the one thread that writes for all.
#pragma once

#include "error.hpp"
#include "reply.hpp"
#include "request.hpp"

namespace quern {

Result<PutReply> write_file(const Put& op);

}  // namespace quern
