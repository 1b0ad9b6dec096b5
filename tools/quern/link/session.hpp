// SPDX-License-Identifier: Apache-2.0
// One client's conversation with a daemon: a DEALER socket, kept alive and told when it changed.
//
// Owned by a command. Waits for the socket together with whatever else the command waits for, so
// that one thread does everything. It pings every 5 s; when the daemon answers under another
// connection it says so once (took_new_connection), and whoever follows a run attaches again. A
// daemon that has gone, was started anew or is silent is DaemonLost, one that does not let us in a
// Failure. Lost, it has no socket and no thread any more, waits for the others alone, sends nothing
// and has no answers, until it is renewed. Whether there is a connection is the socket's word
// alone: what still arrives may have been sent before the cut.
//
// Never: interprets events, prints, retries a request.
#pragma once

#include "native_codec.hpp"
#include "native_names.hpp"

#include "failure.hpp"
#include "keys.hpp"

#include <poll.h>
#include <zmq.hpp>

#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quern {

using Clock = std::chrono::steady_clock;

struct Message {
  HeadKind kind;
  zmq::message_t head_bytes;
  zmq::message_t body_bytes;

  std::string_view head() const { return {head_bytes.data<char>(), head_bytes.size()}; }
  std::string_view body() const { return {body_bytes.data<char>(), body_bytes.size()}; }
  std::size_t size() const { return head_bytes.size() + body_bytes.size(); }
};

// What the daemon told of a failure, as it is: its sentences are for people.
template <class T>
T value_or_fail(Result<T> result) {
  if (!result) throw Refusal(result.error().message, native::name(result.error().code));
  return *std::move(result);
}

class Session {
 public:
  // `lifeline` is readable once a private daemon has ended; -1: there is none.
  Session(std::string endpoint, int lifeline, Keys keys);

  bool is_lost() const { return lost_; }
  // Begins the conversation afresh, here or elsewhere, with another hello. Throws Failure.
  void renew(std::string endpoint, int lifeline);

  const HelloReply& daemon() const { return hello_; }

  std::string send(Op op);  // gives the id of the request
  void send(Op op, const std::string& id);
  std::optional<Message> next();  // what has come, without waiting
  // Returns when something has come on the socket or on one of the others, or when the time is
  // over.
  void wait(std::span<pollfd> others, std::chrono::milliseconds timeout);
  // For when nobody has read for a while, through no fault of the daemon.
  void keep_alive();
  bool took_new_connection();

  // Waits for the reply; events that come meanwhile are kept for next(). Empty: none came in time.
  std::optional<Message> ask_within(Op op, std::chrono::milliseconds patience);
  Message ask(Op op, std::chrono::milliseconds patience = std::chrono::seconds(30));
  // For next(), before all else: what somebody has taken who was waiting for something else.
  void put_back(std::deque<Message> messages);
  template <class T>
  T ask_for(Op op, std::chrono::milliseconds patience = std::chrono::seconds(30)) {
    const Message message = ask(std::move(op), patience);
    return value_or_fail(decode_reply<T>(message.head(), message.body()));
  }

 private:
  void open();
  void greet();
  std::optional<Message> receive();
  bool is_about_us(const Message& message);
  void await_room(Clock::time_point deadline);
  void take_news_of_the_connection();
  void check_alive();
  [[noreturn]] void give_up();
  [[noreturn]] void lose(DaemonLost::Why why, const std::string& sentence);
  void check_let_in(std::uint16_t event, std::uint32_t reason);
  std::string next_id() { return "q" + std::to_string(++requests_); }

  std::string endpoint_;
  int lifeline_;
  Keys keys_;
  zmq::context_t context_{1};
  zmq::socket_t socket_;
  zmq::socket_t monitor_;
  HelloReply hello_;
  std::deque<Message> kept_;
  std::string ping_;  // the id of the last one
  std::uint64_t requests_ = 0;
  int broken_greetings_ = 0;  // connections that ended before the daemon had let us in
  bool lost_ = false;
  bool new_connection_ = false;
  bool tried_anew_ = false;  // with another socket, since we last heard of the daemon
  Clock::time_point heard_ = Clock::now();
  Clock::time_point opened_ = Clock::now();
  Clock::time_point pinged_ = Clock::now();
  std::optional<Clock::time_point> cut_;  // since when there is no connection
  int sockets_ = 0;                       // so many have been made
};

}  // namespace quern
