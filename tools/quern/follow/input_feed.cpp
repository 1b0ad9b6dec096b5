// SPDX-License-Identifier: Apache-2.0
#include "input_feed.hpp"

#include "failure.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace quern {
namespace {

using namespace std::chrono_literals;

// One message: small enough that a slow program stops us early, large enough to be fast.
constexpr std::size_t most_at_once = 64 * kib;
constexpr auto retry_after = 50ms;

}  // namespace

InputFeed::Source InputFeed::source_of(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY) return Source::none;  // our caller closed it
  return ::isatty(fd) ? Source::terminal : Source::pipe;
}

bool InputFeed::wants() const {
  if (source_ == Source::none || ended_ || in_flight_) return false;
  return source_ == Source::pipe || eager_ || prompt_;
}

Input InputFeed::read(const std::string& run) {
  std::string bytes(most_at_once, '\0');
  const ssize_t count = ::read(fd_, bytes.data(), bytes.size());
  if (count < 0 && errno != EINTR && errno != EAGAIN)
    throw Failure(std::string("stdin cannot be read: ") + std::strerror(errno) + ".");
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  Input input;
  input.run = run;
  input.eof = count == 0;
  input.bytes = std::move(bytes);
  if (source_ == Source::terminal) input.prompt_id = prompt_;
  // Ctrl-D on a terminal ends one answer's stdin; whether more prompts come is the program's
  // matter.
  ended_ = input.eof;
  prompt_.reset();
  silence_.reset();
  in_flight_ = input;
  return input;
}

std::optional<Input> InputFeed::retry(std::chrono::steady_clock::time_point now) {
  if (!retry_at_ || now < *retry_at_) return std::nullopt;
  retry_at_.reset();
  return in_flight_;
}

void InputFeed::replied(const std::optional<Error>& error,
                        std::chrono::steady_clock::time_point now) {
  if (error && error->code == ErrorCode::limit) {
    retry_at_ = now + retry_after;  // it took nothing
    return;
  }
  in_flight_.reset();
  // A prompt that was closed while we typed is no reason to stop; anything else is: the run has
  // ended.
  if (error && source_ == Source::pipe) ended_ = true;
}

void InputFeed::prompted(const WaitingInput& prompt) {
  if (source_ != Source::terminal) return;
  prompt_ = prompt.prompt_id;
  if (prompt.password) silence_.emplace(fd_);
}

void InputFeed::prompt_closed() {
  prompt_.reset();
  silence_.reset();
}

}  // namespace quern
