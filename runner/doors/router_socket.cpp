// SPDX-License-Identifier: Apache-2.0
#include "router_socket.hpp"

#include "uninterrupted.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace quern {

namespace asio = boost::asio;

namespace {

// Messages taken in one go before others get their turn.
constexpr int fair_share = 64;
// More frames than any message of ours has are counted, not kept.
constexpr std::size_t kept_frames = 2;
// Who has not come to the end of the handshake by then never will, and takes up a descriptor.
constexpr int handshake_ms = 10'000;
// Connections that wait to be taken: enough that a flood of them does not keep others out.
constexpr int backlog = 1024;

// ZMQ_ZAP_ENFORCE_DOMAIN, which zmq.h counts among its drafts and the library always has.
constexpr int zap_enforce_domain = 93;

// Smaller bodies are copied: ZeroMQ's own bookkeeping for a shared one costs more.
constexpr std::size_t worth_sharing = 4096;

void let_go(void*, void* blob) { delete static_cast<Blob*>(blob); }

zmq::message_t message(const Blob& body) {
  if (body.size() < worth_sharing) return zmq::message_t(body.data(), body.size());
  auto* shared = new Blob(body);
  return zmq::message_t(const_cast<char*>(shared->data()), shared->size(), let_go, shared);
}

}  // namespace

RouterSocket::RouterSocket(asio::any_io_executor executor, zmq::context_t& context,
                           const Settings& settings)
    : executor_(executor), socket_(context, zmq::socket_type::router), signal_(executor) {
  socket_.set(zmq::sockopt::router_mandatory, true);
  socket_.set(zmq::sockopt::maxmsgsize, settings.max_frame);
  socket_.set(zmq::sockopt::sndhwm, settings.send_queue);
  socket_.set(zmq::sockopt::rcvhwm, settings.receive_queue);
  socket_.set(zmq::sockopt::linger, 500);
  socket_.set(zmq::sockopt::handshake_ivl, handshake_ms);
  socket_.set(zmq::sockopt::backlog, backlog);
  if (!settings.secret_key.empty()) {
    socket_.set(zmq::sockopt::curve_server, true);
    socket_.set(zmq::sockopt::curve_secretkey, settings.secret_key);
    socket_.set(zmq::sockopt::zap_domain, "quern");
    // Should nobody answer there, nobody comes in.
    const int enforced = 1;
    if (::zmq_setsockopt(socket_.handle(), zap_enforce_domain, &enforced, sizeof enforced) != 0)
      throw zmq::error_t();
  }
  signal_.assign(socket_.get(zmq::sockopt::fd));
}

RouterSocket::~RouterSocket() {
  *alive_ = false;
  signal_.release();  // the descriptor is ZeroMQ's
}

void RouterSocket::bind(const std::string& endpoint) { socket_.bind(endpoint); }

RouterSocket::Sent RouterSocket::send(const std::string& route, const std::string& head,
                                      const Blob& body) {
  using zmq::send_flags;
  zmq::message_t to(route.data(), route.size());
  try {
    look_again();  // also when it is full or gone: looking may have eaten the edge
    if (!uninterrupted(
            [&] { return socket_.send(to, send_flags::sndmore | send_flags::dontwait); }))
      return Sent::full;
  } catch (const zmq::error_t& error) {
    if (error.num() == EHOSTUNREACH) return Sent::gone;
    throw;
  }
  zmq::message_t first(head.data(), head.size());
  uninterrupted([&] { return socket_.send(first, send_flags::sndmore | send_flags::dontwait); });
  zmq::message_t second = message(body);
  uninterrupted([&] { return socket_.send(second, send_flags::dontwait); });
  return Sent::yes;
}

// An option of our own libzmq (tools/libzmq-hold.patch), which takes any value.
void RouterSocket::hold(int whether) {
  ::zmq_setsockopt(socket_.handle(), ZMQ_ROUTER_HOLD, &whether, sizeof whether);
}

// A send may have eaten the edge that told of something to receive.
void RouterSocket::look_again() {
  if (looking_ || !receive_) return;
  looking_ = true;
  asio::post(executor_, [this, alive = alive_] {
    if (*alive) receive_all();
  });
}

bool RouterSocket::receive_one() {
  zmq::message_t part;
  if (!uninterrupted([&] { return socket_.recv(part, zmq::recv_flags::dontwait); })) return false;
  Message got{part.to_string(), {}, 0};
  for (bool more = part.more(); more; ++got.count) {
    // A message arrives whole: its further frames are there.
    zmq::message_t next;
    (void)uninterrupted([&] { return socket_.recv(next, zmq::recv_flags::dontwait); });
    more = next.more();
    if (got.count < kept_frames) got.frames.push_back(std::move(next));
  }
  receive_(std::move(got));
  return true;
}

void RouterSocket::receive_all() {
  looking_ = false;
  for (int taken = 0; taken < fair_share; ++taken) {
    if (!receive_one()) break;
  }
  int events = uninterrupted([&] { return socket_.get(zmq::sockopt::events); });
  if ((events & ZMQ_POLLOUT) && writable_())
    events = uninterrupted([&] { return socket_.get(zmq::sockopt::events); });
  if (events & ZMQ_POLLIN) look_again();
}

asio::awaitable<void> RouterSocket::run(Receive receive, std::function<bool()> writable) {
  receive_ = std::move(receive);
  writable_ = std::move(writable);
  for (;;) {
    receive_all();
    co_await signal_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
  }
}

}  // namespace quern
