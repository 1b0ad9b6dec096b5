// SPDX-License-Identifier: Apache-2.0
#include "contexts.hpp"

#include "log_entry.hpp"

#include "tree.hpp"

#include <unistd.h>

namespace quern {

namespace asio = boost::asio;

Contexts::Contexts(TaskGroup& tasks, Launcher& launcher, Environment base, std::string work_dir,
                   std::uint64_t most)
    : tasks_(tasks),
      launcher_(launcher),
      base_(std::move(base)),
      work_dir_(std::move(work_dir)),
      most_(most) {}

std::shared_ptr<Context> Contexts::find(const std::string& lang, const std::string& name) const {
  auto found = contexts_.find({lang, name});
  return found == contexts_.end() ? nullptr : found->second;
}

std::int64_t Contexts::last_gen(const std::string& lang, const std::string& name) const {
  auto found = gens_.find({lang, name});
  return found == gens_.end() ? 0 : found->second;
}

Result<std::shared_ptr<Context>> Contexts::obtain(const Manifest& manifest, const std::string& name,
                                                  const Context::Settings& settings) {
  if (std::shared_ptr<Context> context = find(manifest.name, name)) {
    const Context::Settings& had = context->settings();
    bool same = (settings.env.empty() || settings.env == had.env) &&
                (settings.cwd.empty() || settings.cwd == had.cwd) &&
                (settings.limits == RunLimits{} || settings.limits == had.limits) &&
                (settings.idle.count() == 0 || settings.idle == had.idle);
    if (same) return context;
    return Error{
        ErrorCode::bad_request,
        "Context `" + name + "` of " + manifest.title +
            " was made with another `env`, `cwd`, `limits` or `idle_ms`: they apply when a context "
            "is made. Leave them "
            "out, name another `ctx`, or `reset` this one first."};
  }
  if (contexts_.size() >= most_) {
    return Error{ErrorCode::limit,
                 "There are " + std::to_string(contexts_.size()) +
                     " contexts alive, as many as this daemon keeps (limits.contexts): "
                     "`close` some first."};
  }
  std::int64_t gen = ++gens_[{manifest.name, name}];
  auto context = std::make_shared<Context>(manifest, name, gen, settings);
  std::weak_ptr<Context> weak = context;
  context->on_lost([this, weak](const std::string& cause) {
    if (auto lost = weak.lock()) forget(lost, cause);
  });
  contexts_[{manifest.name, name}] = context;
  if (settings.idle.count() > 0) tasks_.spawn(watch_idle(context));
  return context;
}

// The one place where a context leaves: by then nothing of it answers any more.
void Contexts::forget(const std::shared_ptr<Context>& context, const std::string& cause) {
  Key key{context->manifest().name, context->name()};
  auto found = contexts_.find(key);
  if (found != contexts_.end() && found->second == context) contexts_.erase(found);
  if (!context->was_ended()) ++lost_;
  if (context->was_ended()) {
    log(spdlog::level::debug, "context closed", *context);
  } else {
    log(spdlog::level::info, "context lost: " + cause, *context);
  }
  context->tell_users(context->was_ended() ? ContextState::closed : ContextState::lost, cause);
}

void Contexts::log(spdlog::level::level_enum level, const std::string& words,
                   const Context& context) {
  if (!log_) return;
  log_entry(*log_, level, words,
            {{"lang", context.manifest().name},
             {"ctx", context.name()},
             {"gen", std::to_string(context.gen())}});
}

Interpreter::Birth Contexts::birth(const Manifest& manifest, const Context::Settings& settings) {
  Interpreter::Birth birth{manifest, base_, settings.cwd.empty() ? work_dir_ : settings.cwd, false};
  for (const auto& [name, value] : manifest.env) birth.env.insert_or_assign(name, value);
  for (const auto& [name, value] : settings.env) birth.env.insert_or_assign(name, value);
  return birth;
}

void Contexts::begin(const std::shared_ptr<Context>& context) {
  if (context->interpreter()) return;
  std::shared_ptr<Interpreter> warm;
  if (std::shared_ptr<Interpreter> idle = take_idle(*context)) {
    context->set_interpreter(idle);
  } else {
    Newborn born = newborn(context->manifest(), context->settings());
    warm = born.warm;
    context->set_interpreter(born.interpreter);
  }
  tasks_.spawn(bring_up(context, std::move(warm)));
}

Contexts::Newborn Contexts::newborn(const Manifest& manifest, const Context::Settings& settings) {
  Interpreter::Birth born = birth(manifest, settings);
  std::shared_ptr<Interpreter> warm = template_for(manifest);
  if (warm)
    born.env[Tree::marker_name] = std::to_string(::getpid()) + "-w" + std::to_string(++born_);
  return {std::make_shared<Interpreter>(tasks_, std::move(born)), warm};
}

std::shared_ptr<Interpreter> Contexts::spare(const Manifest& manifest) {
  Newborn born = newborn(manifest, {});
  std::shared_ptr<Interpreter> interpreter = born.interpreter;
  tasks_.spawn(start(std::move(born)));
  return interpreter;
}

std::shared_ptr<Interpreter> Contexts::spare(const Manifest& manifest, Argv worker) {
  Interpreter::Birth born = birth(manifest, {});
  born.worker = std::move(worker);
  auto interpreter = std::make_shared<Interpreter>(tasks_, std::move(born));
  interpreter->launch(launcher_);
  return interpreter;
}

asio::awaitable<void> Contexts::start(Newborn born) {
  co_await born.interpreter->start(launcher_, born.warm);
}

asio::awaitable<void> Contexts::bring_up(std::shared_ptr<Context> context,
                                         std::shared_ptr<Interpreter> warm) {
  std::shared_ptr<Interpreter> interpreter = context->shared_interpreter();
  if (!interpreter->has_child()) co_await interpreter->start(launcher_, warm);
  Result<void> ready = co_await interpreter->ready();
  if (!ready) co_return;  // the context hears of the loss by itself
  ++started_;
  log(spdlog::level::debug, "context ready", *context);
  context->tell_users(ContextState::ready, "");
}

std::shared_ptr<Interpreter> Contexts::take_idle(const Context& context) {
  const Context::Settings& settings = context.settings();
  if (!settings.env.empty() || !settings.cwd.empty()) return nullptr;
  auto warm = warm_.find(context.manifest().name);
  if (warm == warm_.end()) return nullptr;
  std::deque<std::shared_ptr<Interpreter>>& idle = warm->second.idle;
  std::erase_if(idle, [](const auto& interpreter) { return interpreter->is_lost(); });
  if (idle.empty()) return nullptr;
  std::shared_ptr<Interpreter> taken = idle.front();
  idle.pop_front();
  refill(context.manifest());
  return taken;
}

std::shared_ptr<Interpreter> Contexts::template_for(const Manifest& manifest) {
  auto warm = warm_.find(manifest.name);
  if (warm == warm_.end() || !warm->second.forking) return nullptr;
  if (warm->second.forking->is_lost()) refill(manifest);
  std::shared_ptr<Interpreter> forking = warm->second.forking;
  return forking->is_lost() ? nullptr : forking;
}

Result<void> Contexts::warm(const Manifest& manifest, std::uint64_t count) {
  if (!manifest.has_query()) {
    return Error{ErrorCode::unsupported,
                 manifest.title + " has no query mode: nothing to keep warm."};
  }
  warm_[manifest.name].wanted = count;
  refill(manifest);
  return {};
}

// One that cannot be started is lost at once, and is tried again when it is needed.
void Contexts::refill(const Manifest& manifest) {
  Warm& warm = warm_[manifest.name];
  auto start = [&](bool as_template) {
    Interpreter::Birth born = birth(manifest, {});
    born.as_template = as_template;
    auto interpreter = std::make_shared<Interpreter>(tasks_, std::move(born));
    interpreter->launch(launcher_);
    return interpreter;
  };
  if (manifest.query.fork) {
    warm.forking = start(true);
  } else {
    while (warm.idle.size() < warm.wanted) warm.idle.push_back(start(false));
  }
}

asio::awaitable<void> Contexts::end(std::shared_ptr<Context> context, std::string cause) {
  // Whoever comes from now on gets a new one.
  auto found = contexts_.find({context->manifest().name, context->name()});
  if (found != contexts_.end() && found->second == context) contexts_.erase(found);
  context->end(cause);
  if (context->interpreter()) co_await context->interpreter()->gone();
  // A question gives it back at once when the interpreter is lost.
  while (context->busy() && context->running()) co_await context->running()->changed().wait();
}

asio::awaitable<void> Contexts::end_all(std::string cause) {
  for (auto& [name, warm] : warm_) {
    warm.wanted = 0;
    if (warm.forking) warm.forking->kill(cause);
    for (const auto& interpreter : warm.idle) interpreter->kill(cause);
  }
  std::vector<std::shared_ptr<Context>> all;
  for (const auto& [key, context] : contexts_) all.push_back(context);
  for (const auto& context : all) context->end(cause);
  for (const auto& context : all) co_await end(context, cause);
}

asio::awaitable<void> Contexts::watch_idle(std::weak_ptr<Context> weak) {
  Notifier never(tasks_.executor());
  auto unused_since = std::chrono::steady_clock::now();
  for (;;) {
    std::shared_ptr<Context> context = weak.lock();
    if (!context || context->is_lost()) co_return;
    milliseconds idle = context->settings().idle;
    const auto& interpreter = context->interpreter();
    const bool starting = interpreter && !interpreter->is_ready();
    bool used = starting || context->busy() || context->line().inside() > 0;
    auto now = std::chrono::steady_clock::now();
    if (used) unused_since = now;
    if (now - unused_since >= idle) {
      co_await end(context, "It was unused for " + std::to_string(idle.count()) + " ms (idle_ms).");
      co_return;
    }
    context.reset();
    co_await never.wait_until(std::min(unused_since + idle, now + idle));
  }
}

std::vector<ContextInfo> Contexts::info() const {
  std::vector<ContextInfo> all;
  for (const auto& [key, context] : contexts_) all.push_back(context->info());
  return all;
}

}  // namespace quern
