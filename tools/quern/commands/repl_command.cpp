// SPDX-License-Identifier: Apache-2.0
// quern repl: a prompt at a daemon, which may be one of its own.
#include "commands.hpp"
#include "daemon_link.hpp"
#include "repl.hpp"

namespace quern {

int execute(const ReplOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::start_one);
  return Repl(link, {options.lang, options.ctx}, options.plain, surface).converse();
}

}  // namespace quern
