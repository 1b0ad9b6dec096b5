// SPDX-License-Identifier: Apache-2.0
#include "authority.hpp"

#include "uninterrupted.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* where_zeromq_asks = "inproc://zeromq.zap.01";
// One line tells of all that were refused meanwhile.
constexpr std::chrono::seconds between_lines{10};
// File systems' clocks tick coarsely: a file written so shortly before it was read may be written
// once more without looking any different.
constexpr std::chrono::seconds coarse{2};

constexpr std::size_t key_bytes = 32;
// Of a request: version, id, domain, address, routing id, mechanism, and for CURVE the key.
enum Frame : std::size_t { version, id, domain, address, routing_id, mechanism, key, frames };

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::string text_of(const zmq::message_t& key) {
  char text[41];
  ::zmq_z85_encode(text, key.data<std::uint8_t>(), key.size());
  return text;
}

}  // namespace

Authority::Authority(asio::any_io_executor executor, zmq::context_t& context, std::string keys_file,
                     std::string own_key, spdlog::logger& log)
    : socket_(context, zmq::socket_type::rep),
      signal_(executor),
      keys_file_(std::move(keys_file)),
      own_key_(std::move(own_key)),
      log_(log) {
  read_again();
  if (!trouble_.empty()) throw std::runtime_error(trouble_);
  socket_.set(zmq::sockopt::linger, 0);
  socket_.bind(where_zeromq_asks);
  signal_.assign(socket_.get(zmq::sockopt::fd));
}

Authority::~Authority() {
  signal_.release();  // the descriptor is ZeroMQ's
}

asio::awaitable<void> Authority::serve() {
  for (;;) {
    while (answer_one()) {
    }
    co_await signal_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
  }
}

// False when nobody asks any more. Each request is answered before the next is taken.
bool Authority::answer_one() {
  std::vector<zmq::message_t> request;
  for (bool more = true; more;) {
    zmq::message_t part;
    auto got = uninterrupted([&] { return socket_.recv(part, zmq::recv_flags::dontwait); });
    if (!got) return false;
    more = part.more();
    if (request.size() < frames) request.push_back(std::move(part));
  }
  const Verdict verdict = judge(request);
  const std::string asked = request.size() > id ? request[id].to_string() : "";
  const std::string parts[] = {"1.0", asked, verdict.status, verdict.text, verdict.user, ""};
  for (const std::string& part : parts) {
    auto flags = zmq::send_flags::dontwait;
    if (&part != std::end(parts) - 1) flags = flags | zmq::send_flags::sndmore;
    // Whoever has hung up meanwhile gets no answer: REP drops it.
    (void)uninterrupted([&] { return socket_.send(zmq::buffer(part), flags); });
  }
  return true;
}

Authority::Verdict Authority::judge(const std::vector<zmq::message_t>& request) {
  if (request.size() != frames || request[version].to_string_view() != "1.0" ||
      request[mechanism].to_string_view() != "CURVE" || request[key].size() != key_bytes)
    return {"400", "only CURVE is let in", ""};
  const std::string asking = text_of(request[key]);
  if (asking == own_key_) return {"200", "OK", "quernd itself"};
  read_again();
  // For the while: a client may try again, and will.
  if (!trouble_.empty()) return {"300", "the keys cannot be read", ""};
  auto known = names_.find(asking);
  if (known != names_.end()) return {"200", "OK", known->second};
  tell_refused(request[address].to_string(), asking);
  return {"400", "this key is not authorized", ""};
}

Authority::Version Authority::version_of(const std::string& file) {
  struct stat is{};
  if (::stat(file.c_str(), &is) != 0) return {};
  return {is.st_dev, is.st_ino, is.st_size, nanoseconds(is.st_mtim), nanoseconds(is.st_ctim)};
}

void Authority::read_again() {
  const Version now = version_of(keys_file_);
  if (settled_ && now == version_) return;
  version_ = now;
  timespec moment{};
  ::clock_gettime(CLOCK_REALTIME, &moment);
  const std::int64_t age = nanoseconds(moment) - std::max(now.written, now.changed);
  settled_ = std::chrono::nanoseconds(age) > coarse;

  Result<std::vector<NamedKey>> keys = read_authorized_keys(keys_file_);
  const std::string trouble = keys ? "" : keys.error().message;
  if (!trouble.empty() && trouble != trouble_) log_.error("nobody new is let in: {}", trouble);
  trouble_ = trouble;
  std::map<std::string, std::string> names;
  if (keys) {
    for (NamedKey& one : *keys)
      names.emplace(one.key, one.name.empty() ? "a client without a name" : std::move(one.name));
  }
  if (keys && names != names_) log_.info("{} authorized keys in {}", names.size(), keys_file_);
  names_ = std::move(names);
}

void Authority::tell_refused(const std::string& address, const std::string& key) {
  const auto now = Clock::now();
  if (told_refused_ != Clock::time_point() && now - told_refused_ < between_lines) {
    ++untold_;
    return;
  }
  const std::string others =
      untold_ == 0 ? "" : " (and " + std::to_string(untold_) + " logins before it)";
  log_.warn("refused a login from {}: its key {} is not in {}{}",
            address.empty() ? "this machine" : address, key, keys_file_, others);
  told_refused_ = now;
  untold_ = 0;
}

}  // namespace quern
