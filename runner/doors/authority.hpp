// SPDX-License-Identifier: Apache-2.0
// Who may connect: answers ZeroMQ when a client has proved that it holds a key.
//
// ZeroMQ does the cryptography; before it lets a CURVE client in, it asks at inproc://zeromq.zap.01
// (ZAP, its RFC 27), where this listens. A client gets in when its public key stands in the
// authorized keys or is the daemon's own (`quernd healthcheck` comes with that one). The file is
// read again when it has changed, so a key that is added or removed counts from the next connection
// on; while it cannot be read, nobody new gets in. Made before anything is bound: without it ZeroMQ
// would let everybody in. Owned by the door; one coroutine. Never: sees what clients say, cuts a
// connection that stands.
#pragma once

#include "key_files.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <spdlog/logger.h>
#include <sys/stat.h>
#include <zmq.hpp>

#include <chrono>
#include <map>
#include <string>

namespace quern {

class Authority {
 public:
  // Throws std::runtime_error with a sentence when the authorized keys cannot be had.
  Authority(boost::asio::any_io_executor executor, zmq::context_t& context, std::string keys_file,
            std::string own_key, spdlog::logger& log);
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;
  ~Authority();

  boost::asio::awaitable<void> serve();  // until cancelled

 private:
  // What the file was when it was read last.
  struct Version {
    dev_t device = 0;
    ino_t number = 0;
    off_t size = 0;
    std::int64_t written = 0;
    std::int64_t changed = 0;
    friend bool operator==(const Version&, const Version&) = default;
  };
  struct Verdict {
    const char* status;  // ZAP's
    std::string text;
    std::string user;
  };

  static Version version_of(const std::string& file);
  void read_again();
  bool answer_one();
  Verdict judge(const std::vector<zmq::message_t>& request);
  void tell_refused(const std::string& address, const std::string& key);

  zmq::socket_t socket_;
  boost::asio::posix::stream_descriptor signal_;
  const std::string keys_file_;
  const std::string own_key_;
  spdlog::logger& log_;
  std::map<std::string, std::string> names_;  // by key
  Version version_;
  bool settled_ = false;  // a later change would show in the version
  std::string trouble_;   // why the file cannot be used, told once
  std::chrono::steady_clock::time_point told_refused_;
  std::uint64_t untold_ = 0;
};

}  // namespace quern
