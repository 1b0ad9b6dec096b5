// SPDX-License-Identifier: Apache-2.0
#include "native_door.hpp"

#include "log_entry.hpp"
#include "socket_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

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

// What is to be done where a socket file cannot be made; nothing when it is something else.
std::string what_a_socket_wants(const std::string& endpoint, int error) {
  constexpr std::string_view ipc = "ipc:///";
  if (!endpoint.starts_with(ipc) || (error != ENOENT && error != EACCES && error != EROFS))
    return "";
  const std::string folder = endpoint.substr(ipc.size() - 1, endpoint.rfind('/') - ipc.size() + 1);
  return ": the folder " + (folder.empty() ? "/" : folder) + " must be there, and user " +
         std::to_string(::geteuid()) + " must be able to write it (in a container: mount one)";
}

}  // namespace

class NativeDoor::Connection final : public Peer {
 public:
  Connection(NativeDoor& door, std::string route, std::string name)
      : route(std::move(route)), door_(&door), name_(std::move(name)) {}

  const std::string& conn() const override { return name_; }
  void reply(const std::string& id, const Reply& reply) override {
    const bool more_follows = std::holds_alternative<RunReply>(reply);
    send(encode_reply(id, reply), more_follows ? Haste::soon : Haste::now);
  }
  void event(const Record& record) override {
    if (door_) door_->outbox_.put(route, record.head, record.body, record.haste);
  }
  void gap(const Stamped& gap) override { send(encode_event(gap), Haste::now); }
  void context(const ContextChanged& event) override { send(encode_context(event), Haste::soon); }

  // Tasks may hold a connection that is gone: it then says nothing to anybody.
  void leave() { door_ = nullptr; }

  const std::string route;
  Clock::time_point heard = Clock::now();

 private:
  void send(const Frames& frames, Haste haste) {
    if (door_) door_->outbox_.put(route, frames.head, frames.body, haste);
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
      outbox_(executor, socket_, [this](auto& route, auto* why) { drop(route, why); }),
      dispatcher_(dispatcher),
      body_limit_(body_limit),
      log_(log),
      silence_(executor) {}

NativeDoor::~NativeDoor() {
  for (const auto& [route, connection] : connections_) connection->leave();
}

std::string NativeDoor::bind(const std::string& endpoint) {
  constexpr const char* instead = "; end what listens there, or choose another --endpoint";
  if (is_served(endpoint))
    throw std::runtime_error("cannot listen on `" + endpoint + "`: a daemon serves there" +
                             instead);
  // Others must not find the socket file open between its making and a chmod.
  mode_t before = ::umask(0177);
  try {
    socket_.bind(endpoint);
    ::umask(before);
  } catch (const zmq::error_t& error) {
    ::umask(before);
    throw std::runtime_error("cannot listen on `" + endpoint + "`: " + error.what() +
                             (error.num() == EADDRINUSE
                                  ? std::string(instead)
                                  : what_a_socket_wants(endpoint, error.num())));
  }
  return socket_.last_endpoint();
}

asio::awaitable<void> NativeDoor::serve() {
  co_await socket_.run([this](RouterSocket::Message message) { receive(std::move(message)); },
                       [this] { return outbox_.room(); });
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

void NativeDoor::drop(const std::string& route, const char* why) {
  auto found = connections_.find(route);
  if (found == connections_.end()) return;
  ConnectionPtr leaving = found->second;
  log_entry(log_, spdlog::level::debug, std::string("a connection is left: ") + why,
            {{"conn", leaving->conn()}});
  connections_.erase(found);
  outbox_.forget(leaving->route);
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
    for (const ConnectionPtr& connection : silent) drop(connection->route, "it is silent");
    co_await silence_.wait_until(next);
  }
}

}  // namespace quern
