// SPDX-License-Identifier: Apache-2.0
// stdin, stdout and stderr that our caller has closed.
#pragma once

namespace quern {

// Puts something in their places on which the right calls fail, so that no descriptor of ours comes
// to stand there. Before any is opened.
void hold_standard_streams();

}  // namespace quern
