// SPDX-License-Identifier: Apache-2.0
#include "versions.hpp"

#include "adapter.hpp"
#include "pipe.hpp"
#include "pump.hpp"

#include <cctype>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// A virtual machine on a loaded computer mostly says its version within this; who asks later may
// hear more.
constexpr std::chrono::seconds patience{2};
constexpr std::chrono::seconds longest{30};
// What a version command prints is short; more is not its version.
constexpr std::size_t enough = 4096;

bool digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string version_in(std::string_view text) {
  for (std::size_t start = 0; start < text.size(); ++start) {
    if (!digit(text[start])) continue;
    std::size_t end = start;
    while (end < text.size() && (digit(text[end]) || (text[end] == '.' && end + 1 < text.size() &&
                                                      digit(text[end + 1]))))
      ++end;
    if (text.substr(start, end - start).find('.') != std::string_view::npos) {
      return std::string(text.substr(start, end - start));
    }
    start = end;
  }
  return "";
}

Versions::Versions(TaskGroup& tasks, Launcher& launcher, const Languages& languages,
                   Environment base)
    : tasks_(tasks),
      launcher_(launcher),
      languages_(languages),
      base_(std::move(base)),
      answered_(tasks.executor()) {}

std::string Versions::of(const std::string& language) const {
  auto found = versions_.find(language);
  return found == versions_.end() ? "" : found->second;
}

asio::awaitable<void> Versions::known() {
  if (!reply_by_) {
    reply_by_ = Clock::now() + patience;
    for (const Manifest& manifest : languages_.all()) {
      if (manifest.version.empty()) continue;
      ++asked_;
      tasks_.spawn(ask(manifest));
    }
  }
  while (asked_ > 0 && Clock::now() < *reply_by_) co_await answered_.wait_until(*reply_by_);
}

asio::awaitable<void> Versions::ask(const Manifest& manifest) {
  versions_[manifest.name] = version_in(co_await output_of(manifest));
  --asked_;
  answered_.notify();
}

// Empty when it cannot be started or takes too long: then the version stays unknown.
asio::awaitable<std::string> Versions::output_of(const Manifest& manifest) {
  OutputPipe pipe = output_pipe();
  Command command;
  command.argv = version_argv(manifest);
  command.env = base_;
  for (const auto& [name, value] : manifest.env) command.env.insert_or_assign(name, value);
  command.descriptors = {{1, pipe.write_end.get()}, {2, pipe.write_end.get()}};
  auto child = launcher_.launch(command);
  if (!child) co_return "";
  std::string text;
  auto sink = [&text](std::shared_ptr<const char[]> bytes, std::size_t size) {
    if (text.size() < enough) text.append(bytes.get(), size);
  };
  Pump pump(tasks_.executor(), std::move(pipe.read_end), sink);
  pipe.write_end.reset();
  bool ended = false;
  auto body = [&](TaskGroup& watched) -> asio::awaitable<void> {
    Notifier over(tasks_.executor());
    auto wait = [&]() -> asio::awaitable<void> {
      co_await (*child)->wait();
      ended = true;
      over.notify();
    };
    watched.spawn(wait());
    auto deadline = Clock::now() + longest;
    while (!ended && Clock::now() < deadline) co_await over.wait_until(deadline);
    watched.cancel();
    co_await watched.join();
  };
  co_await with_tasks(tasks_.executor(), body);
  pump.drain();
  co_await (*child)->stop(milliseconds{0});
  co_return ended ? text : "";
}

}  // namespace quern
