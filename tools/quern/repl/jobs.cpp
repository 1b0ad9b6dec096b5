// SPDX-License-Identifier: Apache-2.0
#include "jobs.hpp"

#include "native_names.hpp"

#include <algorithm>
#include <utility>

namespace quern {

void Jobs::keep(Job job) {
  keep_unasked(std::move(job));
  wait_for(left_.back());
}

void Jobs::keep_unasked(Job job) { left_.push_back({std::move(job), State::runs, {}}); }

std::optional<Job> Jobs::take(const std::string& name) {
  const auto at = std::find_if(left_.begin(), left_.end(),
                               [&](const Left& left) { return left.job.name == name; });
  if (at == left_.end()) return std::nullopt;
  std::optional<Job> job = std::move(at->job);
  left_.erase(at);
  return job;
}

const Job* Jobs::find(const std::string& word) const {
  if (word.empty()) return left_.empty() ? nullptr : &left_.back().job;
  for (const Left& left : left_)
    if (title_of(left.job) == word || left.job.name == word) return &left.job;
  const Job* found = nullptr;
  for (const Left& left : left_) {
    if (!left.job.name.starts_with(word)) continue;
    if (found) return nullptr;
    found = &left.job;
  }
  return found;
}

const Job* Jobs::owner_of(const Place& place) const {
  for (const Left& left : left_)
    if (left.state != State::ended && left.job.owns(place)) return &left.job;
  return nullptr;
}

std::vector<const Job*> Jobs::all() const {
  std::vector<const Job*> jobs;
  for (const Left& left : left_) jobs.push_back(&left.job);
  return jobs;
}

std::vector<const Job*> Jobs::running() const {
  std::vector<const Job*> jobs;
  for (const Left& left : left_)
    if (left.state != State::ended) jobs.push_back(&left.job);
  return jobs;
}

void Jobs::wait_for(Left& left) { left.wait_id = session_.send(Wait{left.job.name, std::nullopt}); }

void Jobs::ask_again() {
  for (Left& left : left_)
    if (left.state != State::ended) wait_for(left);
}

void Jobs::ask_those_who_asked() {
  for (Left& left : left_)
    if (left.state == State::asks && left.wait_id.empty()) wait_for(left);
}

bool Jobs::awaits(const Message& message) const {
  return message.kind.kind == HeadKind::Kind::reply &&
         std::any_of(left_.begin(), left_.end(),
                     [&](const Left& left) { return left.wait_id == message.kind.id; });
}

std::string Jobs::news(const Message& message) {
  const auto at = std::find_if(left_.begin(), left_.end(),
                               [&](const Left& left) { return left.wait_id == message.kind.id; });
  if (at == left_.end()) return {};
  at->wait_id.clear();
  const std::string title = title_of(at->job);
  const auto reply = decode_reply<WaitReply>(message.head(), message.body());
  if (!reply) {
    at->state = State::ended;
    return "run " + title + " is not there any more: " + reply.error().message;
  }
  if (reply->finished) {
    at->state = State::ended;
    const std::string how = reply->finished->status == FinishedStatus::ok
                                ? "well"
                                : std::string(native::name(reply->finished->status));
    return "run " + title + " has ended (" + how + "); :attach " + title + " shows the rest.";
  }
  if (std::exchange(at->state, State::asks) == State::asks) return {};
  const std::string prompt = reply->prompt ? reply->prompt->prompt : "";
  return "run " + title + " waits for input" + (prompt.empty() ? "" : " (" + prompt + ")") +
         "; :attach " + title + " answers it.";
}

std::vector<std::string> Jobs::lose_all() {
  std::vector<std::string> titles;
  for (const Left& left : left_)
    if (left.state != State::ended) titles.push_back(title_of(left.job));
  left_.clear();
  return titles;
}

}  // namespace quern
