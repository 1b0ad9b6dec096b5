// SPDX-License-Identifier: Apache-2.0
#include "health.hpp"

#include "native_codec.hpp"

#include <zmq.hpp>

#include <algorithm>
#include <optional>

namespace quern {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* ping_id = "health";

zmq::socket_t ask(zmq::context_t& context, const std::string& endpoint,
                  const std::optional<KeyPair>& keys) {
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::ipv6, true);
  if (keys) {
    socket.set(zmq::sockopt::curve_serverkey, keys->open);
    socket.set(zmq::sockopt::curve_publickey, keys->open);
    socket.set(zmq::sockopt::curve_secretkey, keys->secret);
  }
  socket.connect(endpoint);
  const Frames frames = encode_request({ping_id, Ping{}});
  socket.send(zmq::buffer(frames.head), zmq::send_flags::sndmore);
  socket.send(zmq::message_t(), zmq::send_flags::none);
  return socket;
}

// Empty when it is the answer to a ping.
std::string problem_of_answer(zmq::socket_t& socket) {
  std::vector<std::string> frames;
  zmq::message_t part;
  do {
    if (!socket.recv(part, zmq::recv_flags::dontwait)) break;
    frames.push_back(part.to_string());
  } while (part.more());
  if (frames.size() == 2) {
    const Result<HeadKind> kind = peek_head(frames[0]);
    if (kind && kind->id == ping_id) {
      const Result<PingReply> reply = decode_reply<PingReply>(frames[0], frames[1]);
      return reply ? "" : reply.error().message;
    }
  }
  return "what answers there does not speak this protocol.";
}

struct Asked {
  std::string endpoint;
  zmq::socket_t socket;
  bool answered = false;
};

Health wait_for_all(std::vector<Asked>& asked, Clock::time_point deadline) {
  for (;;) {
    std::vector<zmq::pollitem_t> items;
    std::vector<Asked*> open;
    for (Asked& one : asked) {
      if (one.answered) continue;
      items.push_back({one.socket.handle(), 0, ZMQ_POLLIN, 0});
      open.push_back(&one);
    }
    if (open.empty()) return {true, "quernd answers."};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return {false, "nobody answers at " + open.front()->endpoint + "."};
    zmq::poll(items, left);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!(items[i].revents & ZMQ_POLLIN)) continue;
      const std::string problem = problem_of_answer(open[i]->socket);
      if (!problem.empty()) return {false, open[i]->endpoint + ": " + problem};
      open[i]->answered = true;
    }
  }
}

}  // namespace

std::string reachable(const std::string& endpoint) {
  if (!endpoint.starts_with("tcp://")) return endpoint.ends_with("*") ? "" : endpoint;
  const std::size_t begin = std::string_view("tcp://").size();
  const std::size_t colon = endpoint.rfind(':');
  const std::string host = endpoint.substr(begin, colon - begin);
  const std::string port = endpoint.substr(colon + 1);
  if (port == "*" || port == "0") return "";
  if (host == "*" || host == "0.0.0.0") return "tcp://127.0.0.1:" + port;
  if (host == "[::]") return "tcp://[::1]:" + port;
  return endpoint;
}

Health ask_health(const std::vector<std::string>& endpoints, const KeyFiles& key_files,
                  std::chrono::milliseconds bound) {
  std::optional<KeyPair> keys;
  if (key_files.named()) {
    Result<KeyPair> pair = read_key_pair(key_files.secret);
    if (!pair) return {false, pair.error().message};
    keys = *std::move(pair);
  }
  const Clock::time_point deadline = Clock::now() + bound;
  zmq::context_t context;
  std::vector<Asked> asked;
  for (const std::string& endpoint : endpoints) {
    const std::string there = reachable(endpoint);
    if (there.empty())
      return {false, "the daemon chose the address of " + endpoint +
                         " by itself: name the one that it logged with --endpoint."};
    try {
      asked.push_back({endpoint, ask(context, there, keys)});
    } catch (const zmq::error_t& error) {
      return {false, "cannot connect to " + there + ": " + error.what() + "."};
    }
  }
  return wait_for_all(asked, deadline);
}

}  // namespace quern
