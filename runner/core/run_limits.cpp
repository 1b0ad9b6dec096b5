// SPDX-License-Identifier: Apache-2.0
#include "run_limits.hpp"

namespace quern {

RunLimits with_defaults(RunLimits own, const RunLimits& others) {
  if (!own.wall) own.wall = others.wall;
  if (!own.cpu) own.cpu = others.cpu;
  if (!own.memory) own.memory = others.memory;
  if (!own.output) own.output = others.output;
  if (!own.processes) own.processes = others.processes;
  if (!own.fsize) own.fsize = others.fsize;
  return own;
}

}  // namespace quern
