// SPDX-License-Identifier: Apache-2.0
//
// Standard output, line by line as on a terminal: Octave flushes after each piece of a line, which
// would be a write for each. What stands behind the last newline goes out before anything that it
// is to be seen by: a frame, a read, a pause, a child, stderr.
#pragma once

namespace quern::output {

void setup();
void flush();

}  // namespace quern::output
