// SPDX-License-Identifier: Apache-2.0
#include "query.hpp"

#include "conclusion.hpp"
#include "query_run.hpp"

#include <boost/asio/this_coro.hpp>

namespace quern {

namespace asio = boost::asio;

Result<Admission> Query::accept(const std::shared_ptr<Run>& run) {
  const StartRun& spec = run->spec();
  const Manifest* manifest = parts_.languages.find(spec.lang);
  if (!manifest) return parts_.languages.unknown(spec.lang);
  if (!manifest->has_query()) {
    return Error{ErrorCode::unsupported,
                 manifest->title + " keeps no interpreter here: run it in batch mode."};
  }
  if (spec.merge && !manifest->query.can.contains("merge")) {
    return Error{ErrorCode::unsupported, manifest->title +
                                             " cannot merge the output of queries: leave `merge` "
                                             "out, or run it in batch mode."};
  }
  Result<std::shared_ptr<Context>> context =
      parts_.contexts.obtain(*manifest, spec.ctx, {spec.env, spec.cwd, {}, milliseconds{0}});
  if (!context) return context.error();
  Turnstile& line = (*context)->line();
  Admission admission{line.runs(), (*context)->settings().cwd};
  if (admission.cwd.empty()) admission.cwd = parts_.contexts.work_dir();
  tickets_[run.get()] = {*context, line.line_up(run)};
  return admission;
}

asio::awaitable<void> Query::execute(std::shared_ptr<Run> run) {
  Ticket ticket = std::move(tickets_.extract(run.get()).mapped());
  std::shared_ptr<Context> context = ticket.context;
  std::optional<Turnstile::Pass> turn = co_await context->line().enter(ticket.place);
  if (turn && context->is_lost()) {
    run->end(
        {EndReason::aborted, "The context was lost before this query's turn.", milliseconds{0}});
  }
  if (run->end_request()) {
    run->emit(never_started(*run->end_request()));
    co_return;
  }
  Turnstile::PlacePtr place = parts_.slots.line_up(run);
  std::optional<Turnstile::Pass> slot = co_await parts_.slots.enter(place);
  if (!slot) {
    run->emit(never_started(*run->end_request()));
    co_return;
  }
  std::optional<QueryRun> query;  // its tasks refer to it: it outlives their group
  auto body = [&](TaskGroup& tasks) {
    query.emplace(QueryRun::Surroundings{parts_.contexts, parts_.limits, parts_.eyes, lasting_,
                                         parts_.kernel},
                  tasks, run, context);
    return query->carry_out({std::move(*turn), std::move(*slot)});
  };
  co_await with_tasks(co_await asio::this_coro::executor, body);
}

}  // namespace quern
