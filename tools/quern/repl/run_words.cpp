// SPDX-License-Identifier: Apache-2.0
// :runs, :attach, :interrupt, :kill: runs that go on without the prompt.
#include "colon_words.hpp"
#include "failure.hpp"
#include "graphemes.hpp"
#include "native_names.hpp"
#include "repl.hpp"
#include "table.hpp"

#include <algorithm>

namespace quern {
namespace {

// One line, no longer than a table can hold.
std::string beginning_of(const std::string& code) {
  constexpr std::size_t most = 30;
  std::string line = code.substr(0, code.find('\n'));
  if (line.size() < code.size()) line += " …";
  std::replace(line.begin(), line.end(), '\t', ' ');
  return shortened(line, most);
}

// A UUID is told by how it begins; what somebody has named, by its name.
std::string short_name(const std::string& run) {
  constexpr std::size_t uuid = 36;
  return run.size() < uuid ? run : run.substr(0, 8);
}

const Job* job_of(const std::string& run, const std::vector<const Job*>& jobs) {
  const auto at =
      std::find_if(jobs.begin(), jobs.end(), [&](const Job* job) { return job->name == run; });
  return at == jobs.end() ? nullptr : *at;
}

// One that was left here, or any that the daemon has.
Job run_named(Repl& repl, const std::string& rest) {
  const std::string word = rest.empty() ? "" : only_word(rest, "the number or name of one run");
  if (const Job* job = repl.jobs().find(word)) return *job;
  if (word.empty()) throw Failure("no run was left here; :runs lists what the daemon has.");
  const RunInfo* found = nullptr;
  const auto status = repl.session().ask_for<StatusReply>(Status{});
  for (const RunInfo& info : status.runs) {
    if (info.run != word && !info.run.starts_with(word)) continue;
    if (found && found->run != word && info.run != word)
      throw Failure("several runs begin with " + word + "; :runs lists them.");
    if (!found || info.run == word) found = &info;
  }
  if (!found) throw Failure("there is no run " + word + "; :runs lists what there is.");
  Job job;
  job.name = found->run;
  job.mode = found->mode;
  job.place = {found->lang, found->ctx};
  return job;
}

void deliver(Repl& repl, Op op, const Job& job) {
  if (!repl.session().ask_for<DeliveredReply>(std::move(op)).delivered)
    throw Failure("run " + title_of(job) + " has ended already.");
}

}  // namespace

void obey_runs(Repl& repl, const std::string& rest) {
  if (!rest.empty()) throw Failure(":runs takes nothing behind it.");
  const auto status = repl.session().ask_for<StatusReply>(Status{});
  const std::vector<const Job*> jobs = repl.jobs().all();
  Table table({"RUN", "STATE", "WHERE", "NAME", "INPUT"});
  bool any = false;
  for (const RunInfo& info : status.runs) {
    const Job* job = job_of(info.run, jobs);
    if (!job && info.state == RunState::finished) continue;
    any = true;
    const std::string where =
        info.mode == RunMode::query
            ? info.lang + ":" + info.ctx
            : info.lang + (info.lang.empty() ? "" : " ") + std::string(native::name(info.mode));
    table.add({job ? title_of(*job) : "", std::string(native::name(info.state)), where,
               short_name(info.run), job ? beginning_of(job->code) : ""});
  }
  if (!any) return repl.writer().out("Nothing runs, and nothing was left.\n");
  repl.writer().out(table.text());
}

void obey_attach(Repl& repl, const std::string& rest) {
  repl.session();
  Job job = run_named(repl, rest);
  if (job.mode == RunMode::tty)
    throw Failure("run " + job.name + " has a terminal of its own: quern attach " + job.name);
  if (std::optional<Job> left = repl.jobs().take(job.name)) job = *std::move(left);
  repl.come_back(std::move(job));
}

void obey_interrupt(Repl& repl, const std::string& rest) {
  repl.session();
  const Job job = run_named(repl, rest);
  deliver(repl, Interrupt{job.name, no_deadline}, job);
}

void obey_kill(Repl& repl, const std::string& rest) {
  repl.session();
  const Job job = run_named(repl, rest);
  deliver(repl, Signal{job.name, "KILL"}, job);
}

}  // namespace quern
