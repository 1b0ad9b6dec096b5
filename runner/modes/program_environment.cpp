// SPDX-License-Identifier: Apache-2.0
#include "program_environment.hpp"

namespace quern {

Environment program_environment(Environment base, const Manifest* manifest, const StartRun& spec) {
  if (manifest) {
    for (const auto& [name, value] : manifest->env) base.insert_or_assign(name, value);
  }
  for (const auto& [name, value] : spec.env) base.insert_or_assign(name, value);
  if (!spec.traceparent.empty()) base["TRACEPARENT"] = spec.traceparent;
  return base;
}

// Programs believe LINES and COLUMNS more than the terminal, and never again ask for its size.
Environment terminal_environment(Environment base, const Manifest* manifest, const StartRun& spec) {
  for (const char* name : {"LINES", "COLUMNS", "TERMCAP"}) base.erase(name);
  base["TERM"] = spec.tty.term;
  return program_environment(std::move(base), manifest, spec);
}

}  // namespace quern
