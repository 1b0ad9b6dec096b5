// SPDX-License-Identifier: Apache-2.0
// A pipe for a program's output: the end we read and the end it writes.
#pragma once

#include "unique_fd.hpp"

namespace quern {

// Both ends close at exec. A value to be taken apart: the read end goes to a Pump, the write end
// into a Command and is closed after the launch, else there is never an end of file.
struct OutputPipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

// As large as the system lets it be, up to 1 MiB: a program then writes on while we do something
// else. Throws system_error.
OutputPipe output_pipe();

}  // namespace quern
