// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include "endpoint.hpp"

#include <cstring>
#include <vector>

namespace quern {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr auto ping_every = 5s;
constexpr auto silence_allowed = 15s;  // of a daemon that should have answered a ping
constexpr auto cut_allowed = 10s;  // for a daemon that is being started anew, or a network's hiccup
constexpr auto greeting_patience = 5s;
constexpr auto probe_patience = 1s;
constexpr int monitored = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                          ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                          ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
// A daemon that is just going or coming may end one greeting; one that ends them all means it.
constexpr int broken_greetings_allowed = 2;

zmq::message_t message_of(std::string_view bytes) {
  return zmq::message_t(bytes.data(), bytes.size());
}

}  // namespace

Session::Session(std::string endpoint, int lifeline, Keys keys)
    : endpoint_(std::move(endpoint)), lifeline_(lifeline), keys_(std::move(keys)) {
  open();
  greet();
}

void Session::open() {
  try {
    monitor_.close();
    socket_.close();
    socket_ = zmq::socket_t(context_, zmq::socket_type::dealer);
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::ipv6, 1);
    // What the window allows is what bounds us; a second limit in messages would only stall pings.
    socket_.set(zmq::sockopt::rcvhwm, 0);
    socket_.set(zmq::sockopt::sndhwm, 0);
    socket_.set(zmq::sockopt::heartbeat_ivl, 5'000);
    if (keys_.any()) {
      socket_.set(zmq::sockopt::curve_serverkey, keys_.server);
      socket_.set(zmq::sockopt::curve_publickey, keys_.open);
      socket_.set(zmq::sockopt::curve_secretkey, keys_.secret);
    }
    // A name of its own: the last one is free only when ZeroMQ has done away with its socket.
    const std::string monitor_name = "inproc://monitor-" + std::to_string(++sockets_);
    if (zmq_socket_monitor(socket_.handle(), monitor_name.c_str(), monitored) != 0)
      throw zmq::error_t();
    monitor_ = zmq::socket_t(context_, zmq::socket_type::pair);
    monitor_.set(zmq::sockopt::linger, 0);
    monitor_.connect(monitor_name);
    socket_.connect(endpoint_);
    cut_ = opened_ = Clock::now();
  } catch (const zmq::error_t& e) {
    throw Failure("\"" + endpoint_ + "\" is no endpoint to connect to: " + e.what() + ".");
  }
}

void Session::renew(std::string endpoint, int lifeline) {
  endpoint_ = std::move(endpoint);
  lifeline_ = lifeline;
  hello_ = {};
  kept_.clear();
  ping_.clear();
  broken_greetings_ = 0;
  new_connection_ = tried_anew_ = false;
  context_ = zmq::context_t(1);
  lost_ = false;
  heard_ = pinged_ = Clock::now();
  try {
    open();
    greet();
  } catch (const Failure& failure) {
    if (lost_) throw;
    lose(DaemonLost::Why::silent, failure.what());
  }
}

void Session::lose(DaemonLost::Why why, const std::string& sentence) {
  lost_ = true;
  kept_.clear();
  monitor_.close();
  socket_.close();
  context_.close();
  throw DaemonLost(why, sentence);
}

void Session::greet() {
  hello_ = ask_for<HelloReply>(Hello{1, "quern/" QUERN_VERSION, false}, greeting_patience);
}

std::string Session::send(Op op) {
  std::string id = next_id();
  send(std::move(op), id);
  return id;
}

void Session::send(Op op, const std::string& id) {
  if (lost_) return;  // there is nobody to answer
  const Frames frames = encode_request({id, std::move(op)});
  zmq::message_t head = message_of(frames.head);
  zmq::message_t body = message_of(frames.body.view());
  const auto deadline = Clock::now() + greeting_patience;
  while (!socket_.send(head, zmq::send_flags::sndmore | zmq::send_flags::dontwait))
    await_room(deadline);
  socket_.send(body, zmq::send_flags::none);  // parts of one message go together
}

// There is always room, unless we were not let in: then nothing is left to send on.
void Session::await_room(Clock::time_point deadline) {
  std::vector<zmq::pollitem_t> items = {{socket_.handle(), 0, ZMQ_POLLOUT, 0},
                                        {monitor_.handle(), 0, ZMQ_POLLIN, 0}};
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  if (left <= 0ms) throw Failure("the daemon at " + endpoint_ + " does not answer.");
  try {
    zmq::poll(items, left);
  } catch (const zmq::error_t& e) {
    if (e.num() != EINTR) throw;
    return;
  }
  if (items[1].revents) take_news_of_the_connection();
}

std::optional<Message> Session::receive() {
  Message message;
  if (!socket_.recv(message.head_bytes, zmq::recv_flags::dontwait)) return std::nullopt;
  std::size_t frames = 1;
  for (bool more = message.head_bytes.more(); more; ++frames) {
    zmq::message_t frame;
    (void)socket_.recv(frame, zmq::recv_flags::none);  // parts of one message come together
    more = frame.more();
    if (frames == 1) message.body_bytes = std::move(frame);
  }
  Result<HeadKind> kind = peek_head(message.head());
  if (frames != 2 || !kind)
    throw Failure("what answers at " + endpoint_ + " does not speak Quern's protocol.");
  message.kind = *std::move(kind);
  heard_ = Clock::now();
  tried_anew_ = false;
  return message;
}

// The answer to a ping is for us alone.
bool Session::is_about_us(const Message& message) {
  if (message.kind.kind != HeadKind::Kind::reply || message.kind.id.empty() ||
      message.kind.id != ping_)
    return false;
  const auto reply = value_or_fail(decode_reply<PingReply>(message.head(), message.body()));
  if (reply.boot != hello_.boot)
    lose(DaemonLost::Why::anew,
         "the daemon at " + endpoint_ + " was started anew, and what it ran before is gone.");
  if (reply.conn != hello_.conn) {
    hello_.conn = reply.conn;
    new_connection_ = true;
  }
  return true;
}

std::optional<Message> Session::next() {
  if (lost_) return std::nullopt;
  if (!kept_.empty()) {
    std::optional<Message> message = std::move(kept_.front());
    kept_.pop_front();
    return message;
  }
  for (;;) {
    std::optional<Message> message = receive();
    if (!message || !is_about_us(*message)) return message;
  }
}

void Session::wait(std::span<pollfd> others, milliseconds timeout) {
  if (lost_) {
    ::poll(others.data(), others.size(), static_cast<int>(timeout.count()));
    return;
  }
  if (!kept_.empty()) timeout = 0ms;
  const auto until_ping = std::chrono::ceil<milliseconds>(pinged_ + ping_every - Clock::now());
  std::vector<zmq::pollitem_t> items = {{socket_.handle(), 0, ZMQ_POLLIN, 0},
                                        {monitor_.handle(), 0, ZMQ_POLLIN, 0}};
  if (lifeline_ >= 0) items.push_back({nullptr, lifeline_, ZMQ_POLLIN, 0});
  const std::size_t ours = items.size();
  for (const pollfd& other : others) items.push_back({nullptr, other.fd, ZMQ_POLLIN, 0});
  try {
    zmq::poll(items, std::max(0ms, std::min(timeout, until_ping)));
  } catch (const zmq::error_t& e) {
    if (e.num() != EINTR) throw;  // stopped and continued by the shell's job control
    return;
  }

  for (std::size_t i = 0; i < others.size(); ++i)
    others[i].revents = items[ours + i].revents != 0 ? POLLIN : 0;
  if (lifeline_ >= 0 && items[2].revents && !items[0].revents)
    lose(DaemonLost::Why::ended, "the private daemon has ended, and the run with it.");
  if (items[1].revents) take_news_of_the_connection();
  check_alive();
}

// Each is two frames; the first is the number of the event and a value that goes with it.
void Session::take_news_of_the_connection() {
  zmq::message_t event, address;
  while (monitor_.recv(event, zmq::recv_flags::dontwait)) {
    (void)monitor_.recv(address, zmq::recv_flags::none);
    std::uint16_t number = 0;
    std::uint32_t value = 0;
    std::memcpy(&number, event.data(), sizeof number);
    std::memcpy(&value, event.data<char>() + sizeof number, sizeof value);
    if (number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
      cut_.reset();
    } else {
      check_let_in(number, value);
      if (!cut_) cut_ = Clock::now();
      pinged_ -= ping_every;  // ask who answers as soon as anybody does
    }
  }
}

// Without another try ZeroMQ itself gives up a connection that was refused for good.
void Session::check_let_in(std::uint16_t event, std::uint32_t reason) {
  constexpr std::uint32_t for_good = 400;  // a lesser status bids us try again
  const bool greeting = hello_.boot.empty();
  if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH && reason >= for_good)
    throw Failure("the daemon at " + endpoint_ + " does not know our key: add " + keys_.open +
                  " to its authorized keys.");
  const bool other = event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
  const bool ended = event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL && greeting;
  if (!other && !(ended && ++broken_greetings_ > broken_greetings_allowed)) return;
  if (!keys_.any())
    throw Failure("the daemon at " + endpoint_ +
                  " does not let us in: it wants keys (--server-key and --secret-key), or what "
                  "listens there is no quernd.");
  throw Failure("the daemon at " + endpoint_ +
                " does not let us in: its key is not the one that --server-key says, or it has "
                "none and wants none.");
}

void Session::check_alive() {
  const auto now = Clock::now();
  if (hello_.boot.empty()) return;  // the greeting has a patience of its own
  if (cut_ && now - *cut_ > cut_allowed) give_up();
  if (now - std::max(heard_, opened_) > silence_allowed) {
    if (std::exchange(tried_anew_, true)) give_up();
    pinged_ = now - ping_every;
    open();
  }
  if (now - pinged_ < ping_every) return;
  pinged_ = now;
  ping_ = send(Ping{});
}

// Which clock ran out first says little of what is the matter; whether anybody listens does.
void Session::give_up() {
  if (who_listens(endpoint_, probe_patience) == Listening::no)
    lose(DaemonLost::Why::silent,
         "the connection to the daemon at " + endpoint_ +
             " is lost, and nobody listens there any more; is quernd still running?");
  const auto silent = std::chrono::floor<std::chrono::seconds>(Clock::now() - heard_);
  lose(DaemonLost::Why::silent, "the daemon at " + endpoint_ + " has not answered for " +
                                    std::to_string(silent.count()) + " s.");
}

void Session::keep_alive() {
  if (lost_) return;
  heard_ = Clock::now();
  if (heard_ - pinged_ < ping_every) return;
  pinged_ = heard_;
  ping_ = send(Ping{});
}

bool Session::took_new_connection() { return std::exchange(new_connection_, false); }

Message Session::ask(Op op, milliseconds patience) {
  if (std::optional<Message> reply = ask_within(std::move(op), patience)) return *std::move(reply);
  throw Failure("the daemon at " + endpoint_ + " does not answer.");
}

std::optional<Message> Session::ask_within(Op op, milliseconds patience) {
  if (lost_) return std::nullopt;
  const std::string id = send(std::move(op));
  const auto deadline = Clock::now() + patience;
  std::deque<Message> meanwhile;
  std::optional<Message> reply;
  for (;;) {
    while (std::optional<Message> message = next()) {
      if (message->kind.kind == HeadKind::Kind::reply && message->kind.id == id) {
        reply = std::move(message);
        break;
      }
      meanwhile.push_back(*std::move(message));
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (reply || left <= 0ms) break;
    wait({}, left);
  }
  put_back(std::move(meanwhile));
  return reply;
}

void Session::put_back(std::deque<Message> messages) {
  for (auto at = messages.rbegin(); at != messages.rend(); ++at) kept_.push_front(std::move(*at));
}

}  // namespace quern
