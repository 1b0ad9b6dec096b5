// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include "failure.hpp"
#include "key_file.hpp"
#include "owned_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <zmq.h>

#include <cerrno>
#include <cstring>
#include <iterator>

namespace quern {
namespace {

// A key and what people write around it; a file of more is something else.
constexpr std::size_t enough = 64 << 10;

std::string text_of(const OwnedFd& file, const std::string& name) {
  struct stat info{};
  if (!file || ::fstat(file.get(), &info) != 0)
    throw Failure("the key file " + name + " cannot be read: " + std::strerror(errno) + ".");
  if (!S_ISREG(info.st_mode)) throw Failure("the key file " + name + " is no regular file.");
  std::string text(enough, '\0');
  const ssize_t got = ::read(file.get(), text.data(), text.size());
  if (got < 0)
    throw Failure("the key file " + name + " cannot be read: " + std::strerror(errno) + ".");
  text.resize(static_cast<std::size_t>(got));
  return text;
}

OwnedFd opened(const std::string& name) {
  return OwnedFd(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

std::string read_server_key(const std::string& said) {
  if (is_key(said)) return said;
  const OwnedFd file = opened(said);
  if (!file && errno == ENOENT)
    throw Failure("--server-key wants the daemon's public key (40 characters) or a file with it; " +
                  said + " is neither.");
  const auto keys = parse_public_keys(text_of(file, said));
  if (!keys) throw Failure("the key file " + said + " is of no use: " + keys.error().message + ".");
  if (keys->size() != 1)
    throw Failure("the key file " + said + " holds " + std::to_string(keys->size()) +
                  " keys; the daemon has one.");
  return keys->front().key;
}

std::string read_secret_key(const std::string& name) {
  const OwnedFd file = opened(name);
  const std::string text = text_of(file, name);
  struct stat info{};
  ::fstat(file.get(), &info);
  if (info.st_mode & 0077)
    throw Failure("the secret key file " + name + " can be read by others: run chmod 600 " + name +
                  ".");
  const auto secret = parse_secret_key(text);
  if (!secret)
    throw Failure("the secret key file " + name +
                  " is not what it should be: " + secret.error().message + ".");
  return *secret;
}

}  // namespace

Keys read_keys(const std::string& server_key, const std::string& secret_key_file) {
  if (server_key.empty() && secret_key_file.empty()) return {};
  if (server_key.empty() || secret_key_file.empty())
    throw Failure(
        "--server-key and --secret-key go together: the one says who the daemon is, the other who "
        "we are (also QUERN_SERVER_KEY and QUERN_SECRET_KEY).");
  Keys keys{read_server_key(server_key), read_secret_key(secret_key_file), ""};
  char open[41];
  if (::zmq_curve_public(open, keys.secret.c_str()) != 0)
    throw Failure("no public key can be made from the one in " + secret_key_file + ".");
  keys.open = open;
  return keys;
}

}  // namespace quern
