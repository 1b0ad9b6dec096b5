// SPDX-License-Identifier: Apache-2.0
#include "registry.hpp"

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// Unacknowledged finished runs are kept up to this many times the limit.
constexpr std::uint64_t patience = 4;

std::uint64_t hash(const std::string& name) { return std::hash<std::string>{}(name); }

}  // namespace

Registry::Registry(asio::any_io_executor executor, std::uint64_t finished_limit)
    : finished_limit_(finished_limit), changed_(std::move(executor)) {}

std::shared_ptr<Run> Registry::find(const std::string& name) const {
  auto found = runs_.find(name);
  return found == runs_.end() ? nullptr : found->second;
}

std::optional<std::uint64_t> Registry::used(const std::string& name) const {
  auto found = used_.find(hash(name));
  return found == used_.end() ? std::nullopt : std::optional(found->second);
}

void Registry::add(std::shared_ptr<Run> run) {
  used_[hash(run->name())] = run->spec().fingerprint;
  runs_[run->name()] = std::move(run);
}

void Registry::finished(const std::shared_ptr<Run>& run) {
  if (find(run->name()) != run) return;  // it was forgotten while its output was still held open
  finished_.push_back(run->name());
  expiries_.emplace(Clock::now() + run->spec().keep, run->name());
  trim();
  changed_.notify();
}

void Registry::forget(const std::string& name) { runs_.erase(name); }

void Registry::trim() {
  if (finished_.size() <= finished_limit_) return;
  std::erase_if(finished_, [&](const std::string& name) { return !find(name); });
  trim_to(finished_limit_, [](const Run& run) { return run.all_acked(); });
  trim_to(patience * finished_limit_, [](const Run&) { return true; });
}

template <class MayGo>
void Registry::trim_to(std::uint64_t most, MayGo may_go) {
  for (auto name = finished_.begin(); finished_.size() > most && name != finished_.end();) {
    if (!may_go(*find(*name))) {
      ++name;
      continue;
    }
    forget(*name);
    name = finished_.erase(name);
  }
}

asio::awaitable<void> Registry::expire() {
  for (;;) {
    while (!expiries_.empty() && expiries_.begin()->first <= Clock::now()) {
      forget(expiries_.begin()->second);
      expiries_.erase(expiries_.begin());
    }
    co_await changed_.wait_until(expiries_.empty() ? TimePoint::max() : expiries_.begin()->first);
  }
}

}  // namespace quern
