// SPDX-License-Identifier: Apache-2.0
//
// The standard streams of C and C++, which snippets share with the worker because they run in its
// process.
//
// Lines go out when they end, as on a terminal, though a pipe is what they go to. Never writes a
// word of its own.
#pragma once

namespace quern {

// Before any user code runs.
void prepare_streams();
// Without, all that is printed goes out at once, in its order with that of other streams.
void buffer_output(bool by_lines);
// All that was printed goes out.
void flush_output();
// Nothing that was read ahead, and no end of file, is left for the next run.
void drop_input();

}  // namespace quern
