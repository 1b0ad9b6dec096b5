// SPDX-License-Identifier: Apache-2.0
// One running worker: its process tree, its five descriptors, what it says and what its programs
// print.
//
//     starting --ready--> alive --its end, or words that are no frames--> lost
//
// Owned by a Context (or kept warm until one takes it). Tells its Listener everything in order:
// what stands in the output pipes is handed on before each frame, for workers flush before they
// speak. After `lost` nothing comes but the output that others still hold. Never: knows runs or
// queues.
#pragma once

#include "blob.hpp"
#include "input_pipe.hpp"
#include "launcher.hpp"
#include "manifest.hpp"
#include "notifier.hpp"
#include "pump.hpp"
#include "task_group.hpp"
#include "worker.hpp"

#include <memory>
#include <optional>
#include <string>

namespace quern {

// How an interpreter was lost.
struct Loss {
  std::string cause;                 // a sentence
  std::optional<ExitStatus> status;  // absent when there never was a process
  bool by_daemon = false;            // the daemon ended it
};

class Interpreter : public std::enable_shared_from_this<Interpreter> {
 public:
  class Listener {
   public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;
    virtual void heard_output(Stream stream, Blob bytes) = 0;
    virtual void heard(const WorkerFrame& frame) = 0;
    virtual void lost(const Loss& loss) = 0;
  };

  struct Birth {
    const Manifest& manifest;
    Environment env;  // whole
    std::string cwd;
    bool as_template = false;  // it will be asked to fork
    Argv worker = {};          // another than the language's own
  };

  Interpreter(TaskGroup& tasks, Birth birth);
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;
  ~Interpreter();

  // Brings it to life, from a warm template when there is one, else by the launcher. When that
  // fails it is lost at once, with the reason.
  boost::asio::awaitable<void> start(Launcher& launcher, std::shared_ptr<Interpreter> warm);
  void launch(Launcher& launcher);

  // Waits until it has said that it is ready, at most for the time a start may take.
  boost::asio::awaitable<Result<void>> ready();

  // Who hears from now on. What was printed before is handed on first.
  void listen(Listener* listener);
  void stop_listening() { listener_ = nullptr; }  // the listener goes before the interpreter

  // Sends what its pipe takes at once, and returns the rest for send_rest().
  std::string send_now(const WorkerFrame& frame);
  boost::asio::awaitable<void> send_rest(std::string rest);
  boost::asio::awaitable<void> send(WorkerFrame frame);

  bool is_ready() const { return ready_; }
  bool is_lost() const { return loss_.has_value(); }
  const std::optional<Loss>& loss() const { return loss_; }
  const std::string& version() const { return version_; }
  bool has_child() const { return child_ != nullptr; }
  Child& child() { return *child_; }
  bool has_read() const { return worker_->idle(); }  // all that was sent to it
  bool has_spoken() const { return worker_->has_unheard(); }
  InputPipe& input() { return *input_; }
  void drain();
  // While paused, output stays in its pipes and frames in theirs.
  bool is_paused() const { return paused_; }
  void pause();
  void resume();
  // Frames are heard even so: whoever ends a run must hear its end.
  void hear_anyway(bool anyway);

  // Ends it and its whole tree; `lost` comes with this cause.
  void kill(std::string cause);
  boost::asio::awaitable<void> gone();  // until no process of it is left

 private:
  struct Pipes;
  Pipes make_pipes();
  void adopt_pipes(Pipes pipes);
  boost::asio::awaitable<void> live();  // from its start until nothing of it is left
  boost::asio::awaitable<void> live_with(TaskGroup& parts);
  boost::asio::awaitable<void> hear_frames();
  boost::asio::awaitable<void> pump(Pump& pump);
  void take(const WorkerFrame& frame);
  void deaf(const boost::system::system_error& error);
  void lose(Loss loss);
  boost::asio::awaitable<bool> fork_from(Interpreter& warm, Launcher& launcher);
  boost::asio::awaitable<std::optional<pid_t>> ask_fork(Interpreter& child, Pipes& pipes);

  TaskGroup& tasks_;
  Birth birth_;
  std::unique_ptr<InputPipe> input_;
  std::unique_ptr<Pump> out_;
  std::unique_ptr<Pump> err_;
  int pumping_ = 0;  // pumps that have not come to the end of their pipe
  std::unique_ptr<Worker> worker_;
  std::uint64_t drained_ = 0;  // Worker::reads() at the last frame
  std::unique_ptr<Child> child_;
  Listener* listener_ = nullptr;
  Notifier changed_;
  bool paused_ = false;
  bool anyway_ = false;
  bool ready_ = false;
  bool gone_ = false;
  std::string version_;
  std::optional<Loss> loss_;
  std::optional<pid_t> forked_;  // a template's answer
  bool forking_ = false;
  std::optional<std::string> kill_cause_;
};

}  // namespace quern
