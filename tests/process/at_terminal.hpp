// SPDX-License-Identifier: Apache-2.0
// A shell's script at a terminal of its own; what it writes is taken as it comes.
#pragma once

#include "terminal.hpp"
#include "world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

namespace quern::test {

inline Pty opened(WindowSize size) {
  auto pty = open_pty(size);
  if (!pty) FAIL(pty.error().what);
  return std::move(*pty);
}

class AtTerminal {
 public:
  explicit AtTerminal(std::string script, WindowSize size = {}) : AtTerminal(opened(size)) {
    Command command = shell(std::move(script));
    command.terminal = true;
    for (const int standard : {0, 1, 2}) command.descriptors.push_back({standard, slave_.get()});
    child = world.start(command);
    slave_.reset();
    boost::asio::co_spawn(
        world.io, terminal->run(),
        boost::asio::bind_cancellation_slot(cancel_.slot(), [this](auto&&...) { ++over_; }));
    boost::asio::co_spawn(world.io, pump.run(), [this](auto&&...) { ++over_; });
  }
  ~AtTerminal() {
    world.run(child->stop(0ms));
    world.step_until([this] { return over_ == 1; });
    cancel_.emit(boost::asio::cancellation_type::terminal);
    world.step_until([this] { return over_ == 2; });
  }
  AtTerminal(const AtTerminal&) = delete;
  AtTerminal& operator=(const AtTerminal&) = delete;

  void until_it_says(const std::string& text) {
    INFO(output);
    world.step_until([&] { return output.find(text) != std::string::npos; });
  }
  ExitStatus end() { return without_usage(world.run(child->wait())); }

  World world;
  std::string output;
  std::function<void()> wrote;  // after each piece of it
  std::optional<Terminal> terminal;
  Pump pump;
  std::unique_ptr<Child> child;

 private:
  explicit AtTerminal(Pty pty)
      : terminal(std::in_place, world.io.get_executor(), std::move(pty.master)),
        pump(world.io.get_executor(), terminal->output_end(),
             [this](std::shared_ptr<const char[]> bytes, std::size_t size) {
               output.append(bytes.get(), size);
               if (wrote) wrote();
             }),
        slave_(std::move(pty.slave)) {}

  UniqueFd slave_;
  boost::asio::cancellation_signal cancel_;
  int over_ = 0;
};

}  // namespace quern::test
