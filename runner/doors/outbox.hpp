// SPDX-License-Identifier: Apache-2.0
// What the clients of one socket are still to be told, each in its order, and when.
//
// A word at once goes out with all that was said before it. A word now goes out at the end of the
// loop's step, with all that was said in it: the client is woken once. A word soon waits a moment
// for what may follow: that a short run was accepted, that it started and how it ended then is one
// wake-up, and nobody competes with the run for a processor. Owned by one door. Never: knows what
// the words mean, lets one client wait for another.
#pragma once

#include "blob.hpp"
#include "peer.hpp"
#include "router_socket.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace quern {

class Outbox {
 public:
  // Tells who is gone, or reads nothing of what it asks for.
  using Gone = std::function<void(const std::string& route, const char* why)>;

  Outbox(boost::asio::any_io_executor executor, RouterSocket& socket, Gone gone);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  ~Outbox();  // says what it can without waiting

  void put(const std::string& route, const std::string& head, const Blob& body, Haste haste);
  void forget(const std::string& route);
  bool room();  // the socket may have some again; whether anything was waiting for it

 private:
  using Clock = std::chrono::steady_clock;
  struct Word {
    std::string head;
    Blob body;
  };
  struct Queue {
    std::deque<Word> words;
    std::uint64_t bytes = 0;
    bool stuck = false;  // the socket has no room for it
  };

  void send_now();
  void send_soon();
  void await_due();
  void send_all();
  void send(const std::string& route, Queue& queue);

  boost::asio::any_io_executor executor_;
  RouterSocket& socket_;
  Gone gone_;
  std::unordered_map<std::string, Queue> queues_;  // by route
  std::vector<std::string> unsent_;                // routes of those with words
  bool any_stuck_ = false;
  bool posted_ = false;  // send_all()
  boost::asio::steady_timer timer_;
  bool timed_ = false;  // it runs
  Clock::time_point due_ = Clock::time_point::max();
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quern
