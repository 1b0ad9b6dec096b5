// SPDX-License-Identifier: Apache-2.0
// The wiring diagram: makes the parts, hands them to each other, runs, and takes them down in
// order.
#include "batch.hpp"
#include "cgroup.hpp"
#include "config.hpp"
#include "configured_languages.hpp"
#include "dispatcher.hpp"
#include "errands.hpp"
#include "inherited_environment.hpp"
#include "log.hpp"
#include "native_door.hpp"
#include "oom_kills.hpp"
#include "own_process.hpp"
#include "proc_wait_source.hpp"
#include "pty.hpp"
#include "query.hpp"
#include "reaper.hpp"
#include "service_manager.hpp"
#include "system_launcher.hpp"
#include "tty.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <utility>

namespace quern {
namespace {

namespace asio = boost::asio;

// A stand-in takes some megabytes; to start one takes a fraction of a second.
constexpr std::chrono::seconds stand_in_unused{60};

asio::awaitable<void> close_on_signal(Dispatcher& dispatcher, spdlog::logger& log) {
  asio::signal_set signals(co_await asio::this_coro::executor, SIGTERM, SIGINT, SIGHUP);
  release_signals();
  for (;;) {
    int number = co_await signals.async_wait(asio::use_awaitable);
    log.info("signal {}: shutting down", number);
    // Asked twice, we do not wait any longer.
    dispatcher.close(dispatcher.closing() ? milliseconds{0} : default_grace);
  }
}

// What `hello` tells of this daemon.
std::vector<std::string> features(const Config& config, const Cgroups& cgroups, bool sees_reads,
                                  bool terminals) {
  std::vector<std::string> all{
      "batch",
      "query",
      "complete",
      "inspect",
      "check",
      "syntax",
      "merge",
      "limits.wall=timer",
      "limits.cpu=sampling",
      "limits.memory=sampling",
      "limits.output=counted",
      cgroups.work() ? "limits.processes=cgroup" : "limits.processes=sampling",
      "limits.fsize=rlimit",
      "input=asked"};
  if (sees_reads) all.emplace_back("input=read");
  if (terminals) all.emplace_back("tty");
  if (config.keys.named()) all.emplace_back("curve");
  if (config.user) all.emplace_back("user");
  return all;
}

asio::awaitable<void> serve(const Config& config, spdlog::logger& log) {
  auto executor = co_await asio::this_coro::executor;
  Environment base = inherited_environment(environ);
  if (config.user) put_at_home(base, *config.user);
  const Languages languages = configured_languages(config, base, log);
  const std::string boot = new_boot();

  ServiceManager manager(config.ready_fd, log);
  Reaper reaper(executor);
  Cgroups cgroups(config.no_cgroups ? std::nullopt : own_group());
  SystemLauncher launcher(executor, reaper, &cgroups, config.user);
  const ProcWaitSource waits;
  const std::string unseen = what_stdin_watch_lacks();
  if (!unseen.empty()) log.warn("programs that wait for input are not noticed: {}", unseen);
  auto blind = [&log, said = !unseen.empty()](const std::string& name,
                                              const std::string& why) mutable {
    if (std::exchange(said, true)) return;
    log.warn("run {}: that its program waits for input would not be noticed: {}", name, why);
  };
  const OomKills kernel(own_group("memory"));
  const ReadAsking::Eyes eyes{unseen.empty() ? &waits : nullptr, blind};
  FileThread files;
  TaskGroup tasks(executor);
  SpillStore spill(executor, files, config.state_dir, config.limits.journal_total);
  spill.on_memory([&](int error) {
    log.warn("events spill to memory, 64 MiB in all, for `{}` takes no file: {}", config.state_dir,
             std::strerror(error));
  });
  PrivateDirs dirs(tasks, files, {config.state_dir, "/tmp", "/var/tmp", config.work_dir},
                   config.user);
  Registry registry(executor, config.limits.finished);
  Contexts contexts(tasks, launcher, base, config.work_dir, config.limits.contexts);
  contexts.log_to(log);
  StandIns stand_ins(tasks, contexts, stand_in_unused);
  Asking asking(tasks, stand_ins);
  Versions versions(tasks, launcher, languages, base);
  Turnstile slots(config.limits.runs);
  Batch batch({languages, launcher, files, dirs, slots, base, config.work_dir, config.run_limits,
               config.user, eyes, &kernel, &stand_ins});
  Tty tty({languages, launcher, slots, base, config.work_dir, config.run_limits, &kernel});
  const std::string no_terminals = what_terminals_lack();
  if (!no_terminals.empty()) log.warn("mode tty fails: {}", no_terminals);
  Query query(executor, {languages, contexts, slots, config.run_limits, eyes, &kernel});
  FileService file_service(files, config.work_dir, config.user);
  Dispatcher dispatcher(
      {tasks,
       languages,
       config.limits,
       config.run_limits,
       spill,
       registry,
       contexts,
       asking,
       versions,
       slots,
       file_service,
       batch,
       query,
       tty,
       {QUERN_VERSION, boot, features(config, cgroups, unseen.empty(), no_terminals.empty())},
       log});
  NativeDoor door(executor, dispatcher, config.limits.body, config.keys, log);

  auto body = [&](TaskGroup& running) -> asio::awaitable<void> {
    running.spawn(reaper.run());
    running.spawn(registry.expire());
    running.spawn(close_on_signal(dispatcher, log));
    for (const auto& [name, count] : config.warm) {
      if (Result<void> warmed = contexts.warm(*languages.find(name), count); !warmed)
        throw std::runtime_error("--warm: " + warmed.error().message);
    }
    running.spawn(door.admit());
    std::string bound;
    for (const std::string& endpoint : config.endpoints) {
      bound += " " + door.bind(endpoint);
      log.info("listening on{}", bound.substr(bound.rfind(' ')));
    }
    running.spawn(door.serve());
    running.spawn(door.watch_silent());
    running.spawn(manager.feed_watchdog());
    give_back_pages_of_start();
    manager.ready("Serving on" + bound + ".");

    co_await dispatcher.closed();
    manager.stopping("Ending the runs.");
    co_await dispatcher.end_everything();
    dirs.close();
    tasks.cancel();
    co_await tasks.join();
    if (!co_await reaper.end_all()) log.warn("some processes could not be ended");
    block_signals();
  };
  std::exception_ptr failure;
  try {
    co_await with_tasks(executor, body);
  } catch (...) {
    failure = std::current_exception();
  }
  dirs.close();
  tasks.cancel();
  co_await tasks.join();
  if (failure) std::rethrow_exception(failure);
}

int run(const Config& config) {
  auto log = make_log(config.log_level, config.log_format);
  for (const std::string& warning : config.warnings) log->warn("{}", warning);
  hold_signals();
  ignore_signals_of_writing();
  take_all_descriptors();
  keep_freed_memory();
  if (config.user) shield_from_programs();
  int code = 0;
  asio::io_context io(1);
  asio::co_spawn(io, serve(config, *log), [&](std::exception_ptr failure) {
    if (!failure) return;
    code = 1;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "quernd: %s\n", error.what());
    }
  });
  io.run();
  return code;
}

int perform(const Config& config) {
  switch (config.task) {
    case Task::serve: return run(config);
    case Task::check_config: return check_config(config);
    case Task::healthcheck: return report_health(config);
  }
  return 2;
}

}  // namespace
}  // namespace quern

int main(int argc, char** argv) {
  int code = 1;
  try {
    quern::hold_standard_descriptors();
    auto told = quern::read_config(argc, argv, environ);
    if (const auto* leave = std::get_if<quern::Leave>(&told)) {
      std::fputs(leave->text.c_str(), leave->code == 0 ? stdout : stderr);
      return leave->code;
    }
    code = quern::perform(std::get<quern::Config>(told));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quernd: %s\n", error.what());
  }
  return code;
}
