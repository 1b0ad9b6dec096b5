// SPDX-License-Identifier: Apache-2.0
// The dispatcher's ops on files, and the order in which a connection's requests take effect.
#include "dispatcher.hpp"

#include <boost/asio/error.hpp>

namespace quern {

namespace asio = boost::asio;

// Behind a file op everything waits, but not what keeps a connection alive, gives credit, or must
// end what runs in time.
bool Dispatcher::may_overtake(const Op& op) const {
  if (const auto* interrupt = std::get_if<Interrupt>(&op)) {
    return parts_.registry.find(interrupt->run) != nullptr;
  }
  return std::holds_alternative<Hello>(op) || std::holds_alternative<Ping>(op) ||
         std::holds_alternative<Ack>(op);
}

void Dispatcher::serve(const Caller& caller, Put& op) {
  start_file_op(caller, parts_.files.put(std::move(op)));
}

void Dispatcher::serve(const Caller& caller, Get& op) {
  start_file_op(caller, parts_.files.get(std::move(op)));
}

void Dispatcher::serve(const Caller& caller, List& op) {
  start_file_op(caller, parts_.files.list(std::move(op)));
}

void Dispatcher::serve(const Caller& caller, Stat& op) {
  auto wanted = [this, peer = caller.peer] { return !lanes_.has_left(*peer); };
  start_file_op(caller, parts_.files.stat(std::move(op), std::move(wanted)));
}

void Dispatcher::serve(const Caller& caller, Move& op) {
  start_file_op(caller, parts_.files.move(std::move(op)));
}

void Dispatcher::serve(const Caller& caller, Remove& op) {
  start_file_op(caller, parts_.files.remove(std::move(op)));
}

template <class Value>
void Dispatcher::start_file_op(const Caller& caller, asio::awaitable<Result<Value>> op) {
  lanes_.close(*caller.peer);
  parts_.tasks.spawn(finish_file_op(caller, std::move(op)));
}

template <class Value>
asio::awaitable<void> Dispatcher::finish_file_op(Caller caller, asio::awaitable<Result<Value>> op) {
  try {
    Result<Value> result = co_await std::move(op);
    if (result) {
      caller.reply(std::move(*result));
    } else {
      refuse(caller, result.error());
    }
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted)
      throw;  // the daemon ends: what waits is lost
    refuse(caller,
           {ErrorCode::internal, std::string("quernd could not do this: ") + error.what() + "."});
  } catch (const std::exception& error) {
    refuse(caller,
           {ErrorCode::internal, std::string("quernd could not do this: ") + error.what() + "."});
  }
  open_lane(caller.peer);
}

void Dispatcher::open_lane(const std::shared_ptr<Peer>& peer) {
  lanes_.open(*peer);
  while (!lanes_.closed(*peer)) {
    bool left = lanes_.has_left(*peer);
    std::optional<Request> next = lanes_.next(*peer);
    if (!next) {
      // What was served since may have attached it to a run again.
      if (left) parts_.tasks.spawn(detach_everywhere(peer));
      return;
    }
    serve_now(peer, std::move(*next));
  }
}

}  // namespace quern
