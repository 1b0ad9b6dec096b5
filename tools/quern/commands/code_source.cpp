// SPDX-License-Identifier: Apache-2.0
#include "code_source.hpp"

#include "failure.hpp"
#include "limits.hpp"
#include "missing_file.hpp"
#include "native_text.hpp"
#include "owned_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace quern {
namespace {

std::string read_all(int fd, const std::string& what) {
  std::string bytes;
  char piece[64 * kib];
  for (;;) {
    const ssize_t count = ::read(fd, piece, sizeof piece);
    if (count == 0) return bytes;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EBADF)
      throw Failure(what + " is closed, so there is no code to read; give a FILE, or -c CODE.");
    if (count < 0) throw Failure(what + " cannot be read: " + std::strerror(errno) + ".");
    bytes.append(piece, static_cast<std::size_t>(count));
    if (bytes.size() > max_body)
      throw Failure(what + " has more than 64 MiB, which is all that one request carries.");
  }
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// What was written where a FILE goes, and was meant for another place.
std::optional<std::string> misplaced(const RunOptions& options) {
  const std::string start = "there is no file \"" + options.file + "\"; ";
  if (options.file.find_first_of(" ()\n;=") != std::string::npos)
    return start + "code itself goes behind -c.";
  const bool names_no_file = options.file.find_first_of("./") == std::string::npos;
  if (names_no_file && !options.args.empty() && exists(options.args.front()))
    return start + "a language goes behind -l: quern run -l " + options.file + " " +
           options.args.front();
  return std::nullopt;
}

std::string read_file(const RunOptions& options) {
  const OwnedFd fd(::open(options.file.c_str(), O_RDONLY | O_CLOEXEC));
  const int error = errno;
  if (!fd && error == ENOENT)
    if (const auto sentence = misplaced(options)) throw Failure(*sentence);
  if (!fd) throw cannot_be_opened(options.file, error);
  struct stat status{};
  if (::fstat(fd.get(), &status) == 0 && S_ISDIR(status.st_mode))
    throw Failure(options.file + " is a folder; name the file in it that is to run.");
  return read_all(fd.get(), options.file);
}

// A query's code is text; of a program's every language has its own idea.
void check_text(const std::string& code, const RunOptions& options) {
  std::optional<std::size_t> at = native::first_invalid_utf8(code);
  if (const std::size_t null = code.find('\0'); null != std::string::npos)
    at = std::min(at.value_or(null), null);
  if (!at) return;
  const std::string what = options.code          ? "what stands behind -c"
                           : options.file == "-" ? "stdin"
                                                 : options.file;
  throw Failure(what + " is no text (see its byte " + std::to_string(*at) +
                "), and code is UTF-8; a program that is built already goes as: quern run --batch "
                "--exec ./PROGRAM");
}

}  // namespace

std::string read_code(const RunOptions& options) {
  if (!options.code && options.file.empty()) return {};
  const std::string code = options.code          ? *options.code
                           : options.file == "-" ? read_all(STDIN_FILENO, "stdin")
                                                 : read_file(options);
  if (!options.batch) check_text(code, options);
  return code;
}

}  // namespace quern
