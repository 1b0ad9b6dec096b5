// SPDX-License-Identifier: Apache-2.0
#include "pipe.hpp"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

namespace quern {
namespace {

// An ordinary user gets 64 KiB pipes only, once all of theirs hold 64 MiB: then the last try fails
// too, and the default does.
constexpr int sizes_to_try[] = {1 << 20, 512 << 10, 256 << 10};

}  // namespace

OutputPipe output_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe");
  OutputPipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  for (const int size : sizes_to_try)
    if (::fcntl(pipe.read_end.get(), F_SETPIPE_SZ, size) >= 0) break;
  return pipe;
}

}  // namespace quern
