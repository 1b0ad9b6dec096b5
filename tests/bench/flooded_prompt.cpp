// SPDX-License-Identifier: Apache-2.0
#include "flooded_prompt.hpp"

#include <pty.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace quern::bench {
namespace {

constexpr std::chrono::milliseconds moment{7};  // of another length than anything that repeats
constexpr std::size_t piece = 65536;
// Behind the prompt the terminal is told that the input begins.
constexpr const char* input_begins = "\x1b]133;B\x07";
constexpr const char* flood =
    "import threading; threading.Thread(target=lambda: [print('flood ' * 12) for _ in iter(int, "
    "1)], "
    "daemon=True).start()\r";

}  // namespace

FloodedPrompt::FloodedPrompt(const std::string& quern, const std::string& endpoint,
                             const std::string& ctx)
    : prompt_("python:" + ctx) {
  int slave = -1;
  winsize size{24, 80, 0, 0};
  if (::openpty(&terminal_, &slave, nullptr, nullptr, &size) != 0)
    throw std::runtime_error("there are no terminals here");
  // Without a home there is no history and nothing that somebody has chosen.
  program_ = std::make_unique<Program>(
      std::vector<std::string>{"env", "-u", "HOME", "-u", "XDG_STATE_HOME", "-u", "XDG_CONFIG_HOME",
                               "TERM=xterm", "NO_COLOR=1", quern, "repl", "--endpoint", endpoint,
                               "-l", "python", "--ctx", ctx},
      std::map<int, int>{{0, slave}, {1, slave}, {2, slave}});
  ::close(slave);
  read_until(prompt_ + "[1]> ");
  write(flood);
  read_until("flood \r\n");
}

FloodedPrompt::~FloodedPrompt() {
  program_.reset();
  ::close(terminal_);
}

void FloodedPrompt::write(const std::string& keys) {
  if (::write(terminal_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
    throw std::runtime_error("the prompt's terminal takes no keys");
}

void FloodedPrompt::read_until(const std::string& seen) {
  std::string tail;
  std::string bytes(piece, '\0');
  // Bytes never end here: that they come does not say that what is waited for will.
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    if (!readable(terminal_, patience)) break;
    const ssize_t count = ::read(terminal_, bytes.data(), bytes.size());
    if (count <= 0) break;
    tail.append(bytes, 0, static_cast<std::size_t>(count));
    if (tail.find(seen) != std::string::npos) return;
    tail.erase(0, tail.size() - std::min(tail.size(), seen.size()));
  }
  throw std::runtime_error("the prompt does not show \"" + seen + "\"");
}

void FloodedPrompt::press() {
  write("k");
  typed_ += 'k';
  read_until(prompt_ + "[2]> " + input_begins + typed_);
}

void FloodedPrompt::drain() {
  const auto until = std::chrono::steady_clock::now() + moment;
  std::string bytes(piece, '\0');
  while (std::chrono::steady_clock::now() < until)
    if (readable(terminal_, std::chrono::milliseconds(1)) &&
        ::read(terminal_, bytes.data(), bytes.size()) <= 0)
      throw std::runtime_error("the prompt has gone");
}

}  // namespace quern::bench
