// SPDX-License-Identifier: Apache-2.0
// One ZeroMQ ROUTER socket as part of the event loop.
//
// ZeroMQ signals through a descriptor whose readiness is an edge: any send or receive may consume
// it. So after every one of them ZMQ_EVENTS is asked again, and the loop never sleeps while
// something is there. Owned by one door. Never: knows what the frames mean, blocks.
#pragma once

#include "blob.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <zmq.hpp>

#include <functional>
#include <string>
#include <vector>

namespace quern {

class RouterSocket {
 public:
  struct Settings {
    std::int64_t max_frame = 0;
    int send_queue = 0;      // messages a peer may be behind before it is told to be full
    int receive_queue = 0;   // messages of a peer that may wait for us
    std::string secret_key;  // CURVE, by which only those come in that an Authority knows; else all
  };
  // A message: who sent it, its first frames, and how many there were in all.
  struct Message {
    std::string route;
    std::vector<zmq::message_t> frames;
    std::size_t count = 0;
  };
  using Receive = std::function<void(Message)>;

  RouterSocket(boost::asio::any_io_executor executor, zmq::context_t& context,
               const Settings& settings);
  RouterSocket(const RouterSocket&) = delete;
  RouterSocket& operator=(const RouterSocket&) = delete;
  ~RouterSocket();

  void bind(const std::string& endpoint);  // throws zmq::error_t
  std::string last_endpoint() const { return socket_.get(zmq::sockopt::last_endpoint); }

  enum class Sent { yes, full, gone };
  Sent send(const std::string& route, const std::string& head, const Blob& body);

  // While one lives, what is sent goes no further than the socket; then all goes on together, which
  // wakes whoever carries it once. Not nested.
  class Hold {
   public:
    explicit Hold(RouterSocket& socket) : socket_(socket) { socket_.hold(1); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() { socket_.hold(0); }

   private:
    RouterSocket& socket_;
  };

  // Hands over what arrives, and calls `writable` whenever a full peer may have room again; that
  // tells whether it sent anything.
  boost::asio::awaitable<void> run(Receive receive, std::function<bool()> writable);

 private:
  void hold(int whether);
  void receive_all();
  bool receive_one();
  void look_again();

  boost::asio::any_io_executor executor_;
  zmq::socket_t socket_;
  boost::asio::posix::stream_descriptor signal_;
  Receive receive_;
  std::function<bool()> writable_;
  bool looking_ = false;  // look_again() has been posted
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quern
