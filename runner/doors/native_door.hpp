// SPDX-License-Identifier: Apache-2.0
// The native protocol's door: connections of a ROUTER socket, each a Peer of the dispatcher.
//
// A connection is what the ROUTER identifies. It is made by its first message and goes when ZeroMQ
// says that it is gone, when it has been silent for 120 s, or when it has left so much unread that
// it cannot be alive: then it is detached from its runs, which go on. Never: understands what is
// asked.
#pragma once

#include "authority.hpp"
#include "dispatcher.hpp"
#include "native_codec.hpp"
#include "outbox.hpp"
#include "router_socket.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace quern {

class NativeDoor {
 public:
  // With keys, only clients that the authorized ones name come in, and all is encrypted. Throws
  // std::runtime_error with a sentence when a key file cannot be used.
  NativeDoor(boost::asio::any_io_executor executor, Dispatcher& dispatcher,
             std::uint64_t body_limit, const KeyFiles& keys, spdlog::logger& log);
  NativeDoor(const NativeDoor&) = delete;
  NativeDoor& operator=(const NativeDoor&) = delete;
  ~NativeDoor();

  // Throws std::runtime_error with a sentence.
  std::string bind(const std::string& endpoint);

  boost::asio::awaitable<void> serve();         // until cancelled
  boost::asio::awaitable<void> watch_silent();  // until cancelled
  boost::asio::awaitable<void> admit();         // until cancelled; at once without keys

 private:
  class Connection;
  using ConnectionPtr = std::shared_ptr<Connection>;

  void receive(RouterSocket::Message message);
  void drop(const std::string& route, const char* why);
  ConnectionPtr connection(RouterSocket::Message& message);

  zmq::context_t context_{1};  // with one thread of its own
  const std::optional<KeyPair> keys_;
  std::unique_ptr<Authority> authority_;  // before the socket, which asks it
  RouterSocket socket_;
  Outbox outbox_;
  Dispatcher& dispatcher_;
  std::uint64_t body_limit_;
  spdlog::logger& log_;
  Notifier silence_;
  std::map<std::string, ConnectionPtr> connections_;  // by route
  std::uint64_t met_ = 0;
};

}  // namespace quern
