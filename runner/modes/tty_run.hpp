// SPDX-License-Identifier: Apache-2.0
// One run at a terminal while it executes: its program, and our side of its terminal.
//
// Lives in the frame of Tty::execute. Reads as the specification of terminal mode; see carry_out().
#pragma once

#include "echo_watch.hpp"
#include "execution.hpp"
#include "last_line.hpp"
#include "pump.hpp"
#include "supervisor.hpp"
#include "terminal.hpp"
#include "tty.hpp"

#include <memory>
#include <optional>
#include <string>

namespace quern {

class TtyRun final : public Execution {
 public:
  TtyRun(const Tty::Parts& parts, TaskGroup& tasks, std::shared_ptr<Run> run);
  ~TtyRun() override;

  static std::string directory(const Tty::Parts& parts, const StartRun& spec);

  boost::asio::awaitable<void> carry_out(Turnstile::Pass pass);

  void end(const EndRequest& request) override;
  bool signal(int number) override;
  void input(std::string bytes) override;
  void input_eof() override;
  Result<void> may_end_input() const override;
  std::size_t unread_input() const override;
  bool resize(std::uint16_t rows, std::uint16_t cols) override;
  void wrote(const Blob& bytes) override { supervisor_.count_output(bytes.size()); }
  std::optional<TreeUsage> taken() override {
    return child_ ? std::optional(supervisor_.taken()) : std::nullopt;
  }

 private:
  bool launch();
  Command command(int slave) const;
  void pump_output();
  void watch_echo();
  boost::asio::awaitable<void> end_program();
  std::optional<EndRequest> reason(const ExitStatus& exit) const;
  void fail(const char* name, const std::string& message, std::optional<int> exit);
  void finish(Finished finished);

  const Tty::Parts& parts_;
  TaskGroup& tasks_;
  std::shared_ptr<Run> run_;
  const Manifest* manifest_;
  RunLimits limits_;
  Notifier looks_;  // only ever waited for in vain
  Supervisor supervisor_;
  std::optional<Turnstile::Pass> pass_;
  std::optional<Terminal> terminal_;
  std::shared_ptr<Pump> output_;
  LastLine last_line_;
  std::optional<EchoWatch> echo_;
  std::optional<EndRequest> interrupted_;
  std::chrono::steady_clock::time_point started_at_{};
  std::unique_ptr<Child> child_;  // goes before its terminal, whose name proves who is of its tree
};

}  // namespace quern
