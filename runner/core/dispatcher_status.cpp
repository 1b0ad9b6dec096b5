// SPDX-License-Identifier: Apache-2.0
// What the dispatcher tells of the daemon as a whole.
#include "dispatcher.hpp"
#include "native_names.hpp"
#include "process_memory.hpp"

namespace quern {

namespace {

using Clock = std::chrono::steady_clock;

// One number for each enumerator, also those that have not happened yet, and the sum of all.
template <class Kind>
void tell(std::map<std::string, std::uint64_t>& all, const std::string& name,
          const std::map<Kind, std::uint64_t>& counts) {
  all[name] = 0;
  for (int i = 0; !native::name(static_cast<Kind>(i)).empty(); ++i) {
    const auto found = counts.find(static_cast<Kind>(i));
    const std::uint64_t count = found == counts.end() ? 0 : found->second;
    all[name + "." + std::string(native::name(static_cast<Kind>(i)))] = count;
    all[name] += count;
  }
}

}  // namespace

void Dispatcher::serve(const Caller& caller, Status& op) {
  StatusReply status;
  status.uptime = std::chrono::duration_cast<milliseconds>(Clock::now() - started_);
  status.rss = own_memory();
  status.cpu = std::chrono::duration_cast<milliseconds>(own_cpu());
  std::uint64_t held = 0;
  for (const auto& [name, run] : parts_.registry.runs()) {
    status.runs.push_back(run->info(op.usage));
    held += run->journal().held();
  }
  status.contexts = parts_.contexts.info();
  const Counters& done = counters_;
  status.counters = {{"connections", done.connections - done.connections_left},
                     {"connections_met", done.connections},
                     {"requests", done.requests},
                     {"running", parts_.slots.inside()},
                     {"waiting", parts_.slots.waiting()},
                     {"events", done.events},
                     {"stdout_bytes", done.stdout_bytes},
                     {"stderr_bytes", done.stderr_bytes},
                     {"journal_bytes", held},
                     {"spilled", parts_.spill.used()},
                     {"spilled_bytes", parts_.spill.carried()},
                     {"dropped_bytes", parts_.spill.given_up()},
                     {"contexts", parts_.contexts.alive()},
                     {"contexts_started", parts_.contexts.started()},
                     {"contexts_lost", parts_.contexts.lost()}};
  tell(status.counters, "rejected", done.rejected);
  tell(status.counters, "runs", done.runs);
  tell(status.counters, "finished", done.finished);
  caller.reply(status);
}

}  // namespace quern
