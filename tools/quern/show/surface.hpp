// SPDX-License-Identifier: Apache-2.0
// What every command needs, lent by main.
#pragma once

#include "common.hpp"
#include "signals.hpp"
#include "writer.hpp"

namespace quern {

struct Surface {
  const Common& common;
  Signals& signals;
  Writer& writer;
};

}  // namespace quern
