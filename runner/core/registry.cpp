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
  const auto expiry = expiries_.emplace(Clock::now() + run->spec().keep, run->name());
  places_[run->name()] = finished_.insert(finished_.end(), {run, expiry});
  trim();
  // Who waits for an earlier moment looks again by himself.
  if (expiry == expiries_.begin()) changed_.notify();
}

void Registry::forget(const std::string& name) {
  if (auto found = places_.find(name); found != places_.end()) {
    expiries_.erase(found->second->expiry);
    finished_.erase(found->second);
    places_.erase(found);
  }
  runs_.erase(name);
}

void Registry::trim() {
  auto oldest = finished_.begin();
  while (finished_.size() > finished_limit_ && oldest != finished_.end()) {
    const std::shared_ptr<Run> run = (oldest++)->run;
    if (run->all_acked()) forget(run->name());
  }
  while (finished_.size() > patience * finished_limit_)
    forget(std::string(finished_.front().run->name()));
}

asio::awaitable<void> Registry::expire() {
  for (;;) {
    while (!expiries_.empty() && expiries_.begin()->first <= Clock::now())
      forget(std::string(expiries_.begin()->second));
    co_await changed_.wait_until(expiries_.empty() ? TimePoint::max() : expiries_.begin()->first);
  }
}

}  // namespace quern
