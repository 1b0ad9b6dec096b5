// SPDX-License-Identifier: Apache-2.0
// How an input becomes a run, is followed, left and come back to.
#include "exit_code.hpp"
#include "failure.hpp"
#include "repl.hpp"
#include "run_name.hpp"
#include "watch.hpp"

namespace quern {

Job Repl::fresh_job(RunMode mode, const std::string& code) {
  Job job;
  job.number = ++inputs_;
  job.name = fresh_run_name();
  job.mode = mode;
  job.place = place_;
  job.code = code;
  return job;
}

// Code was written for what its context knows: another life of the daemon must not run it.
StartRun Repl::request_for(const Job& job) const {
  StartRun request;
  request.mode = job.mode;
  request.lang = job.place.lang;
  request.ctx = job.place.ctx;
  request.code = job.code;
  request.limits = limits;
  request.boot = boot_;
  if (!reader_->is_terminal()) request.input = Stdin::none;  // stdin is the code
  return request;
}

std::optional<Finished> Repl::run(const std::string& code) {
  session();
  Job job = fresh_job(RunMode::query, code);
  StartRun request = request_for(job);
  return start(std::move(job), std::move(request));
}

std::optional<Finished> Repl::run_program(const std::string& code, const std::string& file,
                                          const std::string& lang) {
  session();
  Job job = fresh_job(RunMode::batch, code);
  job.place.lang = lang;
  StartRun request = request_for(job);
  request.ctx = StartRun().ctx;
  request.build = Heuristic{};
  request.file = file;
  request.env = env;
  return start(std::move(job), std::move(request));
}

std::optional<Finished> Repl::start(Job job, StartRun request) {
  tell_who_is_before(job);
  transcript_.begin(job);
  try {
    return follow(job, [&](Watch& watch) { watch.start(std::move(request)); });
  } catch (const Refusal&) {
    transcript_.drop(job.name);
    --inputs_;
    throw;
  }
}

void Repl::tell_who_is_before(const Job& job) {
  const Job* owner = job.mode == RunMode::query ? jobs_.owner_of(job.place) : nullptr;
  if (owner)
    writer().say("run " + title_of(*owner) + " still has " + job.place.lang + ":" + job.place.ctx +
                 "; this one waits for it (Ctrl-Z leaves both, Ctrl-C takes this one back).");
}

void Repl::come_back(Job job) {
  follow(std::move(job), [](Watch& watch) { watch.come_back(); });
}

std::optional<Finished> Repl::follow(Job job, const Begin& begin) {
  view_->before_run(job.number, job.code);
  std::optional<Finished> finished;
  int signal = 0;
  bool leaves = false;
  try {
    Watch watch(link_.session(), surface_, *view_, job, on_leaving());
    begin(watch);
    finished = watch.finished();
    signal = watch.signal();
    leaves = watch.is_leaving();
  } catch (const DaemonLost&) {
    jobs_.keep_unasked(std::move(job));  // it may live on, where only the connection died
    throw;
  }
  if (signal != 0) {
    stop(signal);
    return finished;
  }
  if (finished)
    settle(job, *finished);
  else
    leave_to_daemon(std::move(job), leaves);
  leaving_ = leaving_ || leaves;
  return finished;
}

void Repl::settle(const Job& job, const Finished& finished) {
  last_code_ = exit_code(finished);
  if (job.number == 0) return;  // somebody else's: not ours to forget
  if (!earlier_.empty() && earlier_ != job.name) link_.session().send(Forget{earlier_});
  earlier_ = job.name;
}

void Repl::leave_to_daemon(Job job, bool quietly) {
  const std::string title = title_of(job);
  const std::string name = job.name;
  jobs_.keep(std::move(job));
  if (!quietly)
    writer().say("run " + title + " goes on; :attach " + title + " comes back to it.");
  else if (!link_.is_private())
    writer().say("run " + title + " goes on: quern attach " + name);
}

}  // namespace quern
