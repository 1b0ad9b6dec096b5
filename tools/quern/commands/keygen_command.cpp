// SPDX-License-Identifier: Apache-2.0
// quern keygen: a pair of keys in two files that only their owner may read.
#include "commands.hpp"
#include "failure.hpp"
#include "json_text.hpp"
#include "owned_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <zmq.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace quern {
namespace {

namespace fs = std::filesystem;

// A new file, or a Failure: what stands there already may be the only copy of a key.
void write_new(const std::string& name, const std::string& text) {
  const OwnedFd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd && errno == EEXIST)
    throw Failure(name + " is there already, and a key is never written over; name another --out.");
  const bool written =
      fd && ::fchmod(fd.get(), 0600) == 0 &&
      ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(fd.get()) == 0;
  if (written) return;
  const std::string reason = std::strerror(errno);
  if (fd) ::unlink(name.c_str());
  throw Failure("the key file " + name + " cannot be written: " + reason + ".");
}

}  // namespace

int execute(const KeygenOptions& options, const Surface& surface) {
  const std::string secret_file = options.out;
  const std::string public_file = options.out + ".pub";
  const std::string name = fs::path(options.out).filename().string();
  if (name.empty() || name == "." || name == "..")
    throw Failure("--out wants the name of a file to make, as in --out keys/laptop.");
  char open[41];
  char secret[41];
  if (::zmq_curve_keypair(open, secret) != 0) throw Failure("this quern was built without CURVE.");
  write_new(secret_file, "# The secret key of " + name +
                             ": whoever has this file is let in. Its public key is in " + name +
                             ".pub.\n" + secret + "\n");
  try {
    write_new(public_file, std::string(open) + " " + name + "\n");
  } catch (...) {
    ::unlink(secret_file.c_str());
    throw;
  }
  if (surface.common.json)
    surface.writer.out(
        line_of({{"public", open}, {"secret_file", secret_file}, {"public_file", public_file}}));
  else
    surface.writer.out(std::string(open) + "\n");
  return 0;
}

}  // namespace quern
