// SPDX-License-Identifier: Apache-2.0
#include "tty.hpp"

#include "conclusion.hpp"
#include "tty_run.hpp"

#include <optional>

namespace quern {

namespace asio = boost::asio;

Result<void> Tty::check(const StartRun& spec) const {
  const Manifest* manifest = parts_.languages.find(spec.lang);
  if (!spec.lang.empty() && !manifest) return parts_.languages.unknown(spec.lang);
  if (spec.command.empty() && !manifest->has_terminal()) {
    return Error{ErrorCode::unsupported,
                 manifest->title +
                     " has no interactive program of its own: name the one to run in `command`."};
  }
  if (!spec.code.empty() || !spec.files.empty()) {
    return Error{ErrorCode::bad_request,
                 "A run of `mode: \"tty\"` takes neither code nor files: type them, or put the "
                 "files with `put`."};
  }
  if (spec.input == Stdin::none) {
    return Error{ErrorCode::unsupported,
                 "A program at a terminal reads from it: there is no `stdin: \"none\"` in "
                 "`mode: \"tty\"`."};
  }
  return {};
}

Result<Admission> Tty::accept(const std::shared_ptr<Run>& run) {
  if (Result<void> possible = check(run->spec()); !possible) return possible.error();
  Admission admission{parts_.slots.free() ? 0 : parts_.slots.waiting(),
                      TtyRun::directory(parts_, run->spec())};
  places_[run.get()] = parts_.slots.line_up(run);
  return admission;
}

asio::awaitable<void> Tty::execute(std::shared_ptr<Run> run) {
  Turnstile::PlacePtr place = std::move(places_.extract(run.get()).mapped());
  std::optional<Turnstile::Pass> pass = co_await parts_.slots.enter(place);
  if (!pass) {
    run->emit(never_started(*run->end_request()));
    co_return;
  }
  std::optional<TtyRun> terminal;  // its tasks refer to it: it outlives their group
  auto body = [&](TaskGroup& tasks) {
    terminal.emplace(parts_, tasks, run);
    return terminal->carry_out(std::move(*pass));
  };
  co_await with_tasks(co_await asio::this_coro::executor, body);
}

}  // namespace quern
