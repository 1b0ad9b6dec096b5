// SPDX-License-Identifier: Apache-2.0
// The wiring diagram: makes the parts, hands them to each other, runs, and takes them down in
// order.
#include "batch.hpp"
#include "config.hpp"
#include "dispatcher.hpp"
#include "log.hpp"
#include "native_door.hpp"
#include "query.hpp"
#include "reaper.hpp"
#include "system_launcher.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>

namespace quern {
namespace {

namespace asio = boost::asio;

std::string new_boot() {
  std::ifstream random("/proc/sys/kernel/random/uuid");
  std::string uuid;
  if (!(random >> uuid))
    throw std::runtime_error("cannot read /proc/sys/kernel/random/uuid: is /proc mounted?");
  return uuid;
}

// Each context takes some eight descriptors.
void take_all_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void say_ready(int fd) {
  if (fd < 0) return;
  if (::write(fd, "\n", 1) != 1)
    throw std::runtime_error("cannot write to --ready-fd " + std::to_string(fd));
  ::close(fd);
}

Languages read_languages(const Config& config, const Environment& base, spdlog::logger& log) {
  Result<Languages> languages = Languages::read(config.langs, base.at("PATH"));
  if (!languages) throw std::runtime_error(languages.error().message);
  for (const LeftOut& left : languages->left_out())
    log.info("language {} is left out: {}", left.name, left.reason);
  return std::move(*languages);
}

// The last moments are not to be cut short by somebody who asks for the end once more.
void block_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

asio::awaitable<void> close_on_signal(Dispatcher& dispatcher, spdlog::logger& log) {
  asio::signal_set signals(co_await asio::this_coro::executor, SIGTERM, SIGINT, SIGHUP);
  for (;;) {
    int number = co_await signals.async_wait(asio::use_awaitable);
    log.info("signal {}: shutting down", number);
    // Asked twice, we do not wait any longer.
    dispatcher.close(dispatcher.closing() ? milliseconds{0} : default_grace);
  }
}

asio::awaitable<void> serve(const Config& config, spdlog::logger& log) {
  auto executor = co_await asio::this_coro::executor;
  const Environment base = inherited_environment(environ);
  const Languages languages = read_languages(config, base, log);
  const std::string boot = new_boot();

  Reaper reaper(executor);
  SystemLauncher launcher(executor, reaper);
  FileThread files;
  TaskGroup tasks(executor);
  SpillStore spill(executor, files, config.state_dir, config.limits.journal_total);
  PrivateDirs dirs(tasks, files, {config.state_dir, "/tmp", "/var/tmp", config.work_dir});
  Registry registry(executor, config.limits.finished);
  Contexts contexts(tasks, launcher, base, config.work_dir, config.limits.contexts);
  Versions versions(tasks, launcher, languages, base);
  Turnstile slots(config.limits.runs);
  Batch batch({languages, launcher, files, dirs, slots, base, config.work_dir, config.run_limits});
  Query query({languages, contexts, slots, config.run_limits});
  FileService file_service(files, config.work_dir);
  Dispatcher dispatcher({tasks,
                         languages,
                         config.limits,
                         config.run_limits,
                         spill,
                         registry,
                         contexts,
                         versions,
                         slots,
                         file_service,
                         batch,
                         query,
                         {QUERN_VERSION,
                          boot,
                          {"batch", "query", "limits.wall=timer", "limits.cpu=sampling",
                           "limits.memory=sampling", "limits.output=counted", "input=asked"}},
                         log});
  NativeDoor door(executor, dispatcher, config.limits.body, log);

  auto body = [&](TaskGroup& running) -> asio::awaitable<void> {
    running.spawn(reaper.run());
    running.spawn(registry.expire());
    running.spawn(close_on_signal(dispatcher, log));
    for (const auto& [name, count] : config.warm) {
      const Manifest* manifest = languages.find(name);
      if (!manifest) throw std::runtime_error("--warm: " + languages.unknown(name).message);
      if (Result<void> warmed = contexts.warm(*manifest, count); !warmed) {
        throw std::runtime_error("--warm: " + warmed.error().message);
      }
    }
    for (const std::string& endpoint : config.endpoints)
      log.info("listening on {}", door.bind(endpoint));
    running.spawn(door.serve());
    running.spawn(door.watch_silent());
    say_ready(config.ready_fd);

    co_await dispatcher.closed();
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
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a write over our own file limit is an error, not our end
  take_all_descriptors();
  if (config.ready_fd >= 0) ::fcntl(config.ready_fd, F_SETFD, FD_CLOEXEC);
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

}  // namespace
}  // namespace quern

int main(int argc, char** argv) {
  auto told = quern::read_command_line(argc, argv);
  if (const auto* leave = std::get_if<quern::Leave>(&told)) {
    std::fputs(leave->text.c_str(), leave->code == 0 ? stdout : stderr);
    return leave->code;
  }
  return quern::run(std::get<quern::Config>(told));
}
