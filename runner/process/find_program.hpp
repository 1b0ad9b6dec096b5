// SPDX-License-Identifier: Apache-2.0
// Which file a Command executes, and whether the Command makes sense at all. Looks at the file
// system, starts nothing.
#pragma once

#include "command.hpp"
#include "launcher.hpp"

#include <boost/system/result.hpp>

#include <string>

namespace quern {

// With a slash in argv[0]: as it stands, from the command's directory. Else the first in the PATH
// of the command's own environment that may be executed. Steps: "check command", "find program".
boost::system::result<std::string, LaunchError> find_program(const Command& command);

}  // namespace quern
