// SPDX-License-Identifier: Apache-2.0
#include "terminal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace quern {
namespace {

namespace asio = boost::asio;

// Asked of the master, it is what the program's end has. Nothing when there is no telling.
std::optional<termios> settings(int master) {
  termios now{};
  if (::tcgetattr(master, &now) != 0) return std::nullopt;
  return now;
}

bool has(const std::optional<termios>& now, tcflag_t flag) {
  return now && (now->c_lflag & flag) != 0;
}

std::optional<char> special(const std::optional<termios>& now, int which) {
  if (!now || now->c_cc[which] == _POSIX_VDISABLE) return std::nullopt;
  return static_cast<char>(now->c_cc[which]);
}

}  // namespace

Terminal::Terminal(asio::any_io_executor executor, UniqueFd master)
    : master_(executor), changed_(executor, asio::steady_timer::time_point::max()) {
  master_.assign(master.get());
  master.release();  // only now: assign() may have thrown
}

UniqueFd Terminal::output_end() const {
  UniqueFd copy(::fcntl(master(), F_DUPFD_CLOEXEC, 3));
  if (!copy) throw std::system_error(errno, std::generic_category(), "dup of a terminal");
  return copy;
}

void Terminal::write(std::string bytes) {
  if (bytes.empty()) return;
  waiting_bytes_ += bytes.size();
  waiting_.push_back(std::move(bytes));
  if (waiting_.size() > 1) return;
  flush();
  changed_.cancel();
}

void Terminal::flush() {
  while (!waiting_.empty()) {
    const std::string& front = waiting_.front();
    const ssize_t put = ::write(master(), front.data() + sent_, front.size() - sent_);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EAGAIN) return;
    if (put < 0 && errno == EIO) return discard();  // nobody has the terminal open any more
    if (put < 0) throw std::system_error(errno, std::generic_category(), "write to a terminal");
    sent_ += static_cast<std::size_t>(put);
    waiting_bytes_ -= static_cast<std::size_t>(put);
    if (sent_ < front.size()) continue;
    waiting_.pop_front();
    sent_ = 0;
  }
}

void Terminal::discard() {
  waiting_.clear();
  waiting_bytes_ = sent_ = 0;
}

bool Terminal::resize(WindowSize size) {
  winsize window{};
  ::ioctl(master(), TIOCGWINSZ, &window);
  if (WindowSize{window.ws_row, window.ws_col} == size) return false;
  window.ws_row = size.rows;
  window.ws_col = size.cols;
  return ::ioctl(master(), TIOCSWINSZ, &window) == 0;
}

bool Terminal::hides_input() const {
  const auto now = settings(master());
  return has(now, ICANON) && !has(now, ECHO);
}

std::optional<char> Terminal::end_of_file() const {
  const auto now = settings(master());
  return has(now, ICANON) ? special(now, VEOF) : std::nullopt;
}

bool Terminal::interrupt() { return type_interrupt() || ::ioctl(master(), TIOCSIG, SIGINT) == 0; }

// Behind what nobody reads it would never be seen. It makes the terminal forget that anyway, so we
// do it before: what has not come to the line discipline yet, then what it holds.
bool Terminal::type_interrupt() {
  const auto now = settings(master());
  const auto typed = special(now, VINTR);
  if (!has(now, ISIG) || has(now, NOFLSH) || !typed) return false;
  const UniqueFd slave = open_slave(master());
  if (!slave || ::tcflush(master(), TCOFLUSH) != 0 || ::tcflush(slave.get(), TCIFLUSH) != 0)
    return false;
  discard();
  return ::write(master(), &*typed, 1) == 1;
}

asio::awaitable<void> Terminal::run() {
  for (;;) {
    if (waiting_.empty()) {
      co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
    } else {
      co_await master_.async_wait(asio::posix::stream_descriptor::wait_write,
                                  asio::as_tuple(asio::use_awaitable));
    }
    // Left without the exception that a cancelled co_await throws: every run comes by here.
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
    flush();
  }
}

}  // namespace quern
