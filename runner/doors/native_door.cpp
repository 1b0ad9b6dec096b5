// SPDX-License-Identifier: Apache-2.0
#include "native_door.hpp"

#include "log_entry.hpp"

#include <sys/stat.h>

#include <stdexcept>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// Windows bound what events can be on their way, so only one who asks and asks and never reads the
// answers gets this far behind.
constexpr std::uint64_t hopeless = 256 * mib;
constexpr int send_queue = 10'000;
// A message may be 64 MiB: few of them are read ahead.
constexpr int receive_queue = 64;

std::string_view view(const zmq::message_t& frame) {
  return {static_cast<const char*>(frame.data()), frame.size()};
}

std::optional<KeyPair> pair_of(const KeyFiles& files) {
  if (!files.named()) return std::nullopt;
  Result<KeyPair> pair = read_key_pair(files.secret);
  if (!pair) throw std::runtime_error(pair.error().message);
  return *std::move(pair);
}

// Whose key it came with; empty without keys.
std::string user_of(RouterSocket::Message& message) {
  if (message.frames.empty()) return "";
  const char* user = ::zmq_msg_gets(message.frames.front().handle(), "User-Id");
  return user ? user : "";
}

}  // namespace

class NativeDoor::Connection final : public Peer {
 public:
  Connection(NativeDoor& door, std::string route, std::string name)
      : route(std::move(route)), door_(&door), name_(std::move(name)) {}

  const std::string& conn() const override { return name_; }
  void reply(const std::string& id, const Reply& reply) override {
    Frames frames = encode_reply(id, reply);
    send(frames.head, frames.body);
  }
  void event(const Record& record) override { send(record.head, record.body); }
  void gap(const Stamped& gap) override {
    Frames frames = encode_event(gap);
    send(frames.head, frames.body);
  }
  void context(const ContextChanged& event) override {
    Frames frames = encode_context(event);
    send(frames.head, frames.body);
  }

  // Tasks may hold a connection that is gone: it then says nothing to anybody.
  void leave() {
    door_ = nullptr;
    waiting.clear();
  }

  const std::string route;
  Clock::time_point heard = Clock::now();
  std::deque<Frames> waiting;  // what the socket had no room for
  std::uint64_t waiting_bytes = 0;

 private:
  void send(const std::string& head, const Blob& body) {
    if (door_) door_->send(*this, head, body);
  }

  NativeDoor* door_;
  std::string name_;
};

NativeDoor::NativeDoor(asio::any_io_executor executor, Dispatcher& dispatcher,
                       std::uint64_t body_limit, const KeyFiles& keys, spdlog::logger& log)
    : keys_(pair_of(keys)),
      authority_(
          keys_ ? std::make_unique<Authority>(executor, context_, keys.authorized, keys_->open, log)
                : nullptr),
      socket_(executor, context_,
              {static_cast<std::int64_t>(2 * std::max<std::uint64_t>(body_limit, max_head)),
               send_queue, receive_queue, keys_ ? keys_->secret : ""}),
      dispatcher_(dispatcher),
      body_limit_(body_limit),
      log_(log),
      silence_(executor) {}

NativeDoor::~NativeDoor() {
  for (const auto& [route, connection] : connections_) connection->leave();
}

std::string NativeDoor::bind(const std::string& endpoint) {
  // Others must not find the socket file open between its making and a chmod.
  mode_t before = ::umask(0177);
  try {
    socket_.bind(endpoint);
    ::umask(before);
  } catch (const zmq::error_t& error) {
    ::umask(before);
    throw std::runtime_error("cannot listen on `" + endpoint + "`: " + error.what());
  }
  return socket_.last_endpoint();
}

asio::awaitable<void> NativeDoor::serve() {
  co_await socket_.run([this](RouterSocket::Message message) { receive(std::move(message)); },
                       [this] { flush(); });
}

asio::awaitable<void> NativeDoor::admit() {
  if (authority_) co_await authority_->serve();
}

NativeDoor::ConnectionPtr NativeDoor::connection(RouterSocket::Message& message) {
  ConnectionPtr& known = connections_[message.route];
  if (!known) {
    known = std::make_shared<Connection>(*this, message.route, "c" + std::to_string(++met_));
    if (std::string user = user_of(message); !user.empty()) {
      log_entry(log_, spdlog::level::info, "a connection has the key of " + user,
                {{"conn", known->conn()}});
    } else {
      log_entry(log_, spdlog::level::debug, "a connection is here", {{"conn", known->conn()}});
    }
    dispatcher_.arrived();
    silence_.notify();
  }
  known->heard = Clock::now();
  return known;
}

void NativeDoor::receive(RouterSocket::Message message) {
  ConnectionPtr from = connection(message);
  std::string_view head = message.frames.empty() ? std::string_view() : view(message.frames[0]);
  if (message.count != 2) {
    auto request = decode_request(head, {});
    Error error{ErrorCode::bad_request, "A message is two frames, head and body; this had " +
                                            std::to_string(message.count) + "."};
    return dispatcher_.rejected(*from, request ? request->id : request.error().id, error);
  }
  std::string_view body = view(message.frames[1]);
  auto request = decode_request(head, body.size() > body_limit_ ? std::string_view() : body);
  if (body.size() > body_limit_) {
    Error error{ErrorCode::limit, "The body has " + std::to_string(body.size()) +
                                      " bytes; this daemon takes at most " +
                                      std::to_string(body_limit_) + " (limits.body)."};
    return dispatcher_.rejected(*from, request ? request->id : request.error().id, error);
  }
  if (!request && request.error().silent) return;
  if (!request) return dispatcher_.rejected(*from, request.error().id, request.error().error);
  dispatcher_.handle(from, std::move(*request));
}

void NativeDoor::send(Connection& to, const std::string& head, const Blob& body) {
  RouterSocket::Sent sent = RouterSocket::Sent::full;
  if (to.waiting.empty()) sent = socket_.send(to.route, head, body);
  if (sent == RouterSocket::Sent::gone) return drop(to, "it is gone");
  if (sent == RouterSocket::Sent::yes) return;
  to.waiting.push_back({head, body});
  to.waiting_bytes += head.size() + body.size();
  if (to.waiting_bytes > hopeless) drop(to, "it reads nothing of what it asks for");
}

void NativeDoor::flush() {
  std::vector<ConnectionPtr> all;
  for (const auto& [route, connection] : connections_) {
    if (!connection->waiting.empty()) all.push_back(connection);
  }
  for (const ConnectionPtr& to : all) {
    while (!to->waiting.empty()) {
      const Frames& next = to->waiting.front();
      RouterSocket::Sent sent = socket_.send(to->route, next.head, next.body);
      if (sent == RouterSocket::Sent::gone) drop(*to, "it is gone");
      if (sent != RouterSocket::Sent::yes) break;
      to->waiting_bytes -= next.head.size() + next.body.size();
      to->waiting.pop_front();
    }
  }
}

void NativeDoor::drop(Connection& connection, const char* why) {
  auto found = connections_.find(connection.route);
  if (found == connections_.end() || found->second.get() != &connection) return;
  log_entry(log_, spdlog::level::debug, std::string("a connection is left: ") + why,
            {{"conn", connection.conn()}});
  ConnectionPtr leaving = found->second;
  connections_.erase(found);
  leaving->leave();
  dispatcher_.gone_soon(std::move(leaving));
}

asio::awaitable<void> NativeDoor::watch_silent() {
  for (;;) {
    auto next = Clock::time_point::max();
    std::vector<ConnectionPtr> silent;
    for (const auto& [route, connection] : connections_) {
      auto until = connection->heard + silent_connection;
      if (until <= Clock::now()) {
        silent.push_back(connection);
      } else {
        next = std::min(next, until);
      }
    }
    for (const ConnectionPtr& connection : silent) drop(*connection, "it is silent");
    co_await silence_.wait_until(next);
  }
}

}  // namespace quern
