// SPDX-License-Identifier: Apache-2.0
#include "kernel.hpp"

#include "daemon.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace quern::bench {

namespace {

using nlohmann::json;

constexpr std::string_view delimiter = "<IDS|MSG>";
// Messages are signed and code goes to the history, as from every notebook and console.
constexpr std::string_view key = "a-secret-of-this-bench";
// The default of 100 ms would count as the kernel's own start.
constexpr int reconnect_ms = 2;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

zmq::socket_t connected(zmq::context_t& context, zmq::socket_type type, const json& port) {
  zmq::socket_t socket(context, type);
  socket.set(zmq::sockopt::reconnect_ivl, reconnect_ms);
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(std::chrono::milliseconds(patience).count()));
  if (type == zmq::socket_type::sub) socket.set(zmq::sockopt::subscribe, "");
  socket.connect("tcp://127.0.0.1:" + std::to_string(port.get<int>()));
  return socket;
}

std::string signature(const std::vector<std::string>& frames) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  for (const std::string& frame : frames)
    crypto_auth_hmacsha256_update(&state, bytes(frame), frame.size());
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> sum;
  crypto_auth_hmacsha256_final(&state, sum.data());
  std::array<char, 2 * crypto_auth_hmacsha256_BYTES + 1> text;
  return ::sodium_bin2hex(text.data(), text.size(), sum.data(), sum.size());
}

struct Message {
  json header;
  json parent;
  json content;
};

Message receive(zmq::socket_t& socket) {
  std::vector<std::string> frames;
  zmq::message_t part;
  do {
    if (!socket.recv(part)) throw std::runtime_error("ipykernel does not answer");
    frames.push_back(part.to_string());
  } while (part.more());
  std::size_t at = 0;
  while (at < frames.size() && frames[at] != delimiter) ++at;
  if (at + 5 >= frames.size()) throw std::runtime_error("ipykernel sent what is no message");
  return {json::parse(frames[at + 2]), json::parse(frames[at + 3]), json::parse(frames[at + 5])};
}

}  // namespace

bool Kernel::stands_in(const std::string& python) {
  try {
    return Program({python, "-c", "import ipykernel"}, {}).wait() == 0;
  } catch (const std::system_error&) {
    return false;  // there is no such Python
  }
}

Kernel::Kernel(zmq::context_t& context, const std::string& python) {
  json connection{
      {"ip", "127.0.0.1"}, {"transport", "tcp"}, {"key", key}, {"signature_scheme", "hmac-sha256"}};
  for (const char* port : {"shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"})
    connection[port] = free_port();
  connection_file_ = std::filesystem::temp_directory_path() /
                     ("quern-bench-" + std::to_string(::getpid()) + ".json");
  std::ofstream(connection_file_) << connection;
  // It has much to say to whoever starts it by hand.
  const int quiet = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  program_ = std::make_unique<Program>(
      std::vector<std::string>{python, "-m", "ipykernel_launcher", "-f", connection_file_.string()},
      std::map<int, int>{{1, quiet}, {2, quiet}});
  ::close(quiet);
  shell_ = connected(context, zmq::socket_type::dealer, connection["shell_port"]);
  iopub_ = connected(context, zmq::socket_type::sub, connection["iopub_port"]);
  execute(false);  // what it publishes before we have subscribed is lost
}

Kernel::~Kernel() {
  std::error_code ignored;  // a file left in the folder for temporary ones is no harm
  std::filesystem::remove(connection_file_, ignored);
}

void Kernel::execute(bool until_idle) {
  const std::string id = "bench-" + std::to_string(++asked_);
  const json header{{"msg_id", id},
                    {"session", "bench"},
                    {"username", "bench"},
                    {"date", "2026-01-01T00:00:00Z"},
                    {"msg_type", "execute_request"},
                    {"version", "5.3"}};
  const json content{{"code", "1+1"},         {"silent", false},
                     {"store_history", true}, {"user_expressions", json::object()},
                     {"allow_stdin", false},  {"stop_on_error", true}};
  const std::vector<std::string> parts{header.dump(), "{}", "{}", content.dump()};
  shell_.send(zmq::buffer(delimiter), zmq::send_flags::sndmore);
  shell_.send(zmq::buffer(signature(parts)), zmq::send_flags::sndmore);
  for (const std::string& part : parts)
    shell_.send(zmq::buffer(part),
                &part == &parts.back() ? zmq::send_flags::none : zmq::send_flags::sndmore);
  auto answers = [&](const Message& message) { return message.parent.value("msg_id", "") == id; };
  for (;;) {
    const Message reply = receive(shell_);
    if (!answers(reply)) continue;
    if (reply.content.value("status", "") != "ok")
      throw std::runtime_error("ipykernel could not run 1+1");
    break;
  }
  while (until_idle) {
    const Message told = receive(iopub_);
    if (answers(told) && told.content.value("execution_state", "") == "idle") return;
  }
}

}  // namespace quern::bench
