// SPDX-License-Identifier: Apache-2.0
// One stay at a terminal run, from before to after: what quern tty and quern attach share.
//
// Takes the terminal for as long as the run is followed and no longer, and says, once it is given
// back, what a person must know.
#pragma once

#include "daemon_link.hpp"
#include "surface.hpp"
#include "terminal_follower.hpp"

#include <functional>
#include <optional>
#include <string>

namespace quern {

class TerminalStay {
 public:
  // Throws Failure when there is no terminal, or the escape key is none.
  TerminalStay(const Surface& surface, const std::string& escape);

  using Follow = std::function<TerminalFollower::Ending(TerminalFollower&)>;
  TerminalFollower::Ending follow(DaemonLink& link, const std::string& run, const Follow& how);
  int exit_code(const TerminalFollower::Ending& ending) const;

  static bool is_possible();  // are both ends a terminal?

 private:
  void tell(const DaemonLink& link, const std::string& run,
            const TerminalFollower::Ending& ending) const;

  const Surface& surface_;
  std::optional<char> escape_;
};

}  // namespace quern
