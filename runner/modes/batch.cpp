// SPDX-License-Identifier: Apache-2.0
#include "batch.hpp"

#include "batch_run.hpp"
#include "conclusion.hpp"
#include "files.hpp"

namespace quern {

namespace asio = boost::asio;
namespace fs = std::filesystem;

Result<void> Batch::check(const StartRun& spec) const {
  if (!spec.lang.empty() && !parts_.languages.find(spec.lang))
    return parts_.languages.unknown(spec.lang);
  const Manifest* manifest = parts_.languages.find(spec.lang);
  bool heuristic = std::holds_alternative<Heuristic>(spec.build) ||
                   std::holds_alternative<Heuristic>(spec.exec) ||
                   std::holds_alternative<Heuristic>(spec.clean);
  if (heuristic && manifest && !manifest->has_batch()) {
    return Error{ErrorCode::unsupported,
                 manifest->title + " has no batch mode of its own: say what to do in `exec`."};
  }
  if (!spec.code.empty() && spec.file.empty() && (!manifest || manifest->main.empty())) {
    return Error{
        ErrorCode::bad_request,
        "There is code but no name to save it under: set `file`, or a `lang` that has one."};
  }
  return {};
}

// Those of all that will be written, the code's first; without their bytes.
std::vector<File> Batch::names_of_files(const StartRun& spec) const {
  std::vector<File> names;
  if (!spec.code.empty()) {
    names.push_back(
        {spec.file.empty() ? parts_.languages.find(spec.lang)->main : spec.file, "", 0644});
  }
  for (const File& file : spec.files) names.push_back({file.path, "", file.mode});
  return names;
}

Result<Admission> Batch::accept(const std::shared_ptr<Run>& run) {
  const StartRun& spec = run->spec();
  if (Result<void> possible = check(spec); !possible) return possible.error();
  if (Result<void> writable = check_files(names_of_files(spec)); !writable) return writable.error();
  Ticket ticket{nullptr, (fs::path(parts_.work_dir) / spec.cwd).string()};
  if (spec.cwd.empty()) ticket.cwd = parts_.work_dir;
  if (spec.cwd.empty() && (!spec.code.empty() || !spec.files.empty())) {
    Result<std::shared_ptr<PrivateDirs::Dir>> dir = parts_.dirs.make();
    if (!dir) return dir.error();
    ticket.cwd = (*dir)->path().string();
    run->keep(*dir);
  }
  Admission admission{parts_.slots.free() ? 0 : parts_.slots.waiting(), ticket.cwd};
  ticket.place = parts_.slots.line_up(run);
  tickets_[run.get()] = std::move(ticket);
  return admission;
}

asio::awaitable<void> Batch::execute(std::shared_ptr<Run> run) {
  Ticket ticket = std::move(tickets_.extract(run.get()).mapped());
  std::optional<Turnstile::Pass> pass = co_await parts_.slots.enter(ticket.place);
  if (!pass) {
    run->emit(never_started(*run->end_request()));
    co_return;
  }
  std::optional<BatchRun> batch;  // its tasks refer to it: it outlives their group
  auto body = [&](TaskGroup& tasks) {
    batch.emplace(parts_, tasks, run, ticket.cwd);
    return batch->carry_out(std::move(*pass));
  };
  co_await with_tasks(co_await asio::this_coro::executor, body);
}

}  // namespace quern
