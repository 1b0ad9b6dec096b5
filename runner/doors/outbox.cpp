// SPDX-License-Identifier: Apache-2.0
#include "outbox.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace quern {

namespace asio = boost::asio;

namespace {

// What has been handed to ZeroMQ is bounded by windows; only a client that ignores replies and
// answers gets this far behind.
constexpr std::uint64_t hopeless = 256 * mib;
// So much is worth waking a client for in the middle of a step.
constexpr std::uint64_t much = 256 * kib;
// Longer than a short query takes, and shorter than anybody notices.
constexpr std::chrono::milliseconds moment{1};

}  // namespace

Outbox::Outbox(asio::any_io_executor executor, RouterSocket& socket, Gone gone)
    : executor_(executor), socket_(socket), gone_(std::move(gone)), timer_(executor) {}

Outbox::~Outbox() {
  *alive_ = false;
  gone_ = [](const std::string&, const char*) {};  // nobody is left who could be told
  send_all();
}

void Outbox::put(const std::string& route, const std::string& head, const Blob& body, Haste haste) {
  Queue& queue = queues_[route];
  if (queue.words.empty()) unsent_.push_back(route);
  queue.words.push_back({head, body});
  queue.bytes += head.size() + body.size();
  if (queue.bytes >= much && !queue.stuck) return send(route, queue);
  if (queue.bytes > hopeless) return gone_(route, "it reads nothing of what it asks for");
  switch (haste) {
    case Haste::at_once: return send_all();
    case Haste::now: return send_now();
    case Haste::soon: return send_soon();
  }
}

void Outbox::forget(const std::string& route) { queues_.erase(route); }

bool Outbox::room() {
  if (!std::exchange(any_stuck_, false)) return false;
  for (const std::string& route : unsent_) {
    if (auto found = queues_.find(route); found != queues_.end()) found->second.stuck = false;
  }
  send_all();
  return true;
}

void Outbox::send_now() {
  if (std::exchange(posted_, true)) return;
  asio::post(executor_, [this, alive = alive_] {
    if (!*alive) return;
    posted_ = false;
    send_all();
  });
}

void Outbox::send_soon() {
  if (posted_ || due_ != Clock::time_point::max()) return;
  due_ = Clock::now() + moment;
  if (!timed_) await_due();
}

void Outbox::await_due() {
  timed_ = true;
  timer_.expires_at(due_);
  timer_.async_wait([this, alive = alive_](boost::system::error_code) {
    if (!*alive) return;
    timed_ = false;
    if (due_ == Clock::time_point::max()) return;
    due_ <= Clock::now() ? send_all() : await_due();
  });
}

void Outbox::send_all() {
  due_ = Clock::time_point::max();
  const RouterSocket::Hold hold(socket_);
  for (const std::string& route : std::exchange(unsent_, {})) {
    auto found = queues_.find(route);
    if (found == queues_.end()) continue;
    if (!found->second.stuck) send(route, found->second);
    // Who is gone may be forgotten by now.
    found = queues_.find(route);
    if (found != queues_.end() && !found->second.words.empty()) unsent_.push_back(route);
  }
}

void Outbox::send(const std::string& route, Queue& queue) {
  while (!queue.words.empty()) {
    const Word& next = queue.words.front();
    RouterSocket::Sent sent = socket_.send(route, next.head, next.body);
    if (sent == RouterSocket::Sent::gone) return gone_(route, "it is gone");
    if (sent == RouterSocket::Sent::full) {
      queue.stuck = any_stuck_ = true;
      return;
    }
    queue.bytes -= next.head.size() + next.body.size();
    queue.words.pop_front();
  }
}

}  // namespace quern
