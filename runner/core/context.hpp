// SPDX-License-Identifier: Apache-2.0
// What outlives a run: one interpreter of one language under one name, and the line of runs before
// it.
//
// Made by Contexts on first use; a context whose interpreter is lost, reset or closed is never used
// again: the next use makes a new one with a higher `gen`. Whatever the interpreter prints belongs
// to the run that has it, and between two runs to the one before. Never: decides how a run ends.
#pragma once

#include "interpreter.hpp"
#include "run.hpp"
#include "turnstile.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace quern {

class Context final : public Interpreter::Listener, public std::enable_shared_from_this<Context> {
 public:
  struct Settings {
    Environment env;  // as asked for, not the whole
    std::string cwd;
    RunLimits limits;
    milliseconds idle{0};
    friend bool operator==(const Settings&, const Settings&) = default;
  };

  Context(const Manifest& manifest, std::string name, std::int64_t gen, Settings settings);

  ~Context() override;

  const Manifest& manifest() const { return manifest_; }
  const std::string& name() const { return name_; }
  std::int64_t gen() const { return gen_; }
  const Settings& settings() const { return settings_; }
  Turnstile& line() { return line_; }

  // The interpreter, once one was started for it.
  Interpreter* interpreter() { return interpreter_.get(); }
  const std::shared_ptr<Interpreter>& shared_interpreter() const { return interpreter_; }
  void set_interpreter(std::shared_ptr<Interpreter> interpreter);
  bool is_lost() const { return lost_ || (interpreter_ && interpreter_->is_lost()); }

  // A run takes the interpreter: frames go to `heard`, its end to `lost`, output to the run. So
  // does a question, which has no run: output is that of the run before.
  struct Holder {
    std::shared_ptr<Run> run;
    std::function<void(const WorkerFrame&)> heard;
    std::function<void(const Loss&)> lost;
  };
  void take(Holder holder);
  void give_back();
  bool busy() const { return static_cast<bool>(holder_.heard); }
  // A question can be put to it as soon as its turn comes.
  bool can_be_asked() const {
    return interpreter_ && interpreter_->is_ready() && !is_lost() && !interpreter_->is_paused();
  }
  const std::shared_ptr<Run>& running() const { return holder_.run; }

  // The connections that are told what becomes of it.
  void add_user(const std::shared_ptr<Peer>& peer) { users_[peer->conn()] = peer; }
  void tell_users(ContextState state, const std::string& cause);

  // Ends everything: the run that has it `killed`, those in line `aborted`.
  void end(const std::string& cause);
  bool was_ended() const { return ended_; }  // by request, not by itself
  // Called once, when the interpreter is lost and no run has it.
  void on_lost(std::function<void(const std::string& cause)> call) { on_lost_ = std::move(call); }

  ContextInfo info() const;
  // The most memory that its interpreter has been seen to use.
  std::uint64_t max_rss = 0;

  void heard_output(Stream stream, Blob bytes) override;
  void heard(const WorkerFrame& frame) override;
  void lost(const Loss& loss) override;

 private:
  void say_lost();
  void hold_back(Run& run);

  const Manifest& manifest_;
  std::string name_;
  std::int64_t gen_;
  Settings settings_;
  Turnstile line_{1};
  std::shared_ptr<Interpreter> interpreter_;
  Holder holder_;
  std::weak_ptr<Run> last_;  // between two runs: whose output it is
  std::map<std::string, std::weak_ptr<Peer>> users_;
  std::function<void(const std::string&)> on_lost_;
  bool lost_ = false;
  bool ended_ = false;
  std::string cause_;
};

}  // namespace quern
