// SPDX-License-Identifier: Apache-2.0
#include "interpreter.hpp"

#include "adapter.hpp"
#include "pipe.hpp"
#include "tree.hpp"

#include <boost/asio/this_coro.hpp>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <system_error>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// A worker that has not come up by then never will; a JVM on a loaded machine needs some seconds.
constexpr std::chrono::seconds start_limit{60};
// Between the end of its replies and its death a worker's memory is torn down.
constexpr std::chrono::milliseconds death_limit{2000};

constexpr int requests_number = 3;
constexpr int replies_number = 4;

std::string how_it_ended(const ExitStatus& status) {
  if (status.signal) {
    return "The interpreter died of signal " + std::to_string(*status.signal) + " (" +
           signal_name(*status.signal) + ").";
  }
  return "The interpreter exited with code " + std::to_string(status.code.value_or(0)) + ".";
}

std::pair<UniqueFd, UniqueFd> channel(bool as_socket) {
  int ends[2];
  int failed = as_socket ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)
                         : ::pipe2(ends, O_CLOEXEC);
  if (failed) throw std::system_error(errno, std::generic_category(), "make a worker's channel");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace

struct Interpreter::Pipes {
  std::unique_ptr<InputPipe> input;
  OutputPipe out;
  OutputPipe err;
  std::pair<UniqueFd, UniqueFd> requests;  // the worker's end, ours
  std::pair<UniqueFd, UniqueFd> replies;   // ours, the worker's end
};

Interpreter::Interpreter(TaskGroup& tasks, Birth birth)
    : tasks_(tasks), birth_(std::move(birth)), changed_(tasks.executor()) {}

Interpreter::~Interpreter() = default;

Interpreter::Pipes Interpreter::make_pipes() {
  Pipes pipes;
  pipes.input = std::make_unique<InputPipe>(tasks_.executor());
  pipes.out = output_pipe();
  pipes.err = output_pipe();
  pipes.requests = channel(birth_.as_template);
  pipes.replies = channel(false);
  return pipes;
}

void Interpreter::adopt_pipes(Pipes pipes) {
  auto pump_of = [this](Stream stream, UniqueFd end) {
    auto sink = [this, stream](std::shared_ptr<const char[]> bytes, std::size_t size) {
      if (listener_) listener_->heard_output(stream, Blob(std::move(bytes), size));
    };
    return std::make_unique<Pump>(tasks_.executor(), std::move(end), sink);
  };
  input_ = std::move(pipes.input);
  out_ = pump_of(Stream::out, std::move(pipes.out.read_end));
  err_ = pump_of(Stream::err, std::move(pipes.err.read_end));
  worker_ = std::make_unique<Worker>(tasks_.executor(), std::move(pipes.requests.second),
                                     std::move(pipes.replies.first));
}

void Interpreter::launch(Launcher& launcher) {
  Pipes pipes = make_pipes();
  Command command;
  command.argv = birth_.worker.empty() ? worker_argv(birth_.manifest) : birth_.worker;
  command.env = birth_.env;
  command.cwd = birth_.cwd;
  command.ignored = {SIGXFSZ};  // a run's limit of `fsize` makes a write fail, and no more
  command.descriptors = {{0, pipes.input->read_end()},
                         {1, pipes.out.write_end.get()},
                         {2, pipes.err.write_end.get()},
                         {requests_number, pipes.requests.first.get()},
                         {replies_number, pipes.replies.second.get()}};
  auto child = launcher.launch(command);
  if (!child) {
    gone_ = true;
    lose({"Cannot start the worker of " + birth_.manifest.title + ": " + child.error().what + ".",
          std::nullopt, true});
    return;
  }
  child_ = std::move(*child);
  adopt_pipes(std::move(pipes));
  tasks_.spawn(live());
}

asio::awaitable<void> Interpreter::start(Launcher& launcher, std::shared_ptr<Interpreter> warm) {
  auto self = shared_from_this();
  bool forked = false;
  if (warm) forked = co_await fork_from(*warm, launcher);
  if (!forked && !kill_cause_) launch(launcher);
  if (!kill_cause_ || loss_) co_return;
  if (child_) {  // it was to end before it had begun
    child_->signal(SIGKILL);
  } else {
    gone_ = true;
    lose({*kill_cause_, std::nullopt, true});
  }
}

// False when the template cannot: then it is started as any other.
asio::awaitable<bool> Interpreter::fork_from(Interpreter& warm, Launcher& launcher) {
  Pipes pipes = make_pipes();
  for (int end : {pipes.input->read_end(), pipes.out.write_end.get(), pipes.err.write_end.get()})
    launcher.give(end);
  std::optional<pid_t> pid = co_await warm.ask_fork(*this, pipes);
  if (!pid) co_return false;
  auto child = launcher.adopt(*pid, birth_.env[Tree::marker_name]);
  if (!child) co_return false;
  child_ = std::move(*child);
  child_->hold(pipes.out.read_end.get());
  child_->hold(pipes.err.read_end.get());
  adopt_pipes(std::move(pipes));
  tasks_.spawn(live());
  co_return true;
}

// On the template: passes the new worker's five descriptors on the first byte of the request.
asio::awaitable<std::optional<pid_t>> Interpreter::ask_fork(Interpreter& child, Pipes& pipes) {
  while (forking_ && !loss_) co_await changed_.wait();
  if (loss_) co_return std::nullopt;
  forking_ = true;
  forked_.reset();
  std::string environment;
  for (const auto& [name, value] : child.birth_.env) environment += name + "=" + value + '\0';
  std::string frame = encode({"fork", {}, {{"cwd", child.birth_.cwd}, {"env", environment}}});
  int passed[5] = {pipes.input->read_end(), pipes.out.write_end.get(), pipes.err.write_end.get(),
                   pipes.requests.first.get(), pipes.replies.second.get()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof passed)] = {};
  iovec first{frame.data(), frame.size()};
  msghdr message{};
  message.msg_iov = &first;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof passed);
  std::memcpy(CMSG_DATA(header), passed, sizeof passed);
  // An environment and a path are small; a socket that cannot take them at once is a broken
  // template.
  ssize_t sent = ::sendmsg(worker_->request_fd(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent != static_cast<ssize_t>(frame.size())) kill("The warm interpreter does not read.");
  auto deadline = Clock::now() + start_limit;
  while (forking_ && !loss_ && Clock::now() < deadline) co_await changed_.wait_until(deadline);
  std::optional<pid_t> answer = forking_ ? std::nullopt : forked_;
  forking_ = false;
  co_return answer;
}

asio::awaitable<Result<void>> Interpreter::ready() {
  auto self = shared_from_this();
  auto deadline = Clock::now() + start_limit;
  while (!ready_ && !loss_ && Clock::now() < deadline) co_await changed_.wait_until(deadline);
  if (ready_ && !loss_) co_return Result<void>{};
  if (!loss_) kill("The worker of " + birth_.manifest.title + " did not become ready in time.");
  co_return Error{ErrorCode::io, loss_ ? loss_->cause : *kill_cause_};
}

void Interpreter::listen(Listener* listener) {
  if (listener_) drain();
  listener_ = listener;
}

std::string Interpreter::send_now(const WorkerFrame& frame) {
  try {
    return worker_->send_now(frame);
  } catch (const boost::system::system_error& error) {
    deaf(error);
    return "";
  }
}

asio::awaitable<void> Interpreter::send_rest(std::string rest) {
  auto self = shared_from_this();
  try {
    co_await worker_->send(std::move(rest));
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    deaf(error);
  }
}

asio::awaitable<void> Interpreter::send(WorkerFrame frame) {
  std::string rest = send_now(frame);
  if (!rest.empty()) co_await send_rest(std::move(rest));
}

void Interpreter::deaf(const boost::system::system_error& error) {
  kill("The worker stopped reading its requests (" + error.code().message() + ").");
}

void Interpreter::drain() {
  if (!out_) return;
  out_->drain();
  err_->drain();
}

void Interpreter::pause() {
  paused_ = true;
  if (!out_) return;
  out_->pause();
  err_->pause();
}

void Interpreter::hear_anyway(bool anyway) {
  anyway_ = anyway;
  changed_.notify();
}

void Interpreter::resume() {
  paused_ = false;
  changed_.notify();
  if (!out_) return;
  out_->resume();
  err_->resume();
}

void Interpreter::take(const WorkerFrame& frame) {
  // What was written before any of the frames that came together stands in the pipes by now.
  if (drained_ != worker_->reads()) drain();
  drained_ = worker_->reads();
  if (frame.kind == "ready") {
    version_ = frame.attribute("version");
    ready_ = true;
    changed_.notify();
  } else if (frame.kind == "forked") {
    std::string_view text = frame.attribute("pid");
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    if (pid > 0) forked_ = pid;
  } else if (forking_ && frame.kind == "done") {
    forking_ = false;
    changed_.notify();
  } else if (listener_) {
    listener_->heard(frame);
  }
}

asio::awaitable<void> Interpreter::live() {
  auto self = shared_from_this();
  auto body = [this](TaskGroup& parts) { return live_with(parts); };
  co_await with_tasks(tasks_.executor(), body);
}

asio::awaitable<void> Interpreter::live_with(TaskGroup& parts) {
  pumping_ = 2;
  parts.spawn(pump(*out_));
  parts.spawn(pump(*err_));
  parts.spawn(input_->run());
  parts.spawn(hear_frames());
  ExitStatus status = co_await child_->wait();
  while (!loss_) {  // what it had said before it died
    Result<std::optional<WorkerFrame>> frame = worker_->receive_now();
    if (!frame || !*frame) break;
    take(**frame);
  }
  drain();
  if (kill_cause_) {
    lose({*kill_cause_, status, true});
  } else {
    lose({how_it_ended(status), status, false});
  }
  co_await child_->stop(std::chrono::milliseconds{0});  // what it had started goes with it
  drain();
  gone_ = true;
  changed_.notify();
  // Somebody whose descent nobody could prove may still print: as late output, until he ends.
  while (pumping_ > 0) co_await changed_.wait();
}

asio::awaitable<void> Interpreter::hear_frames() {
  while (!loss_) {
    while (paused_ && !anyway_ && !loss_) co_await changed_.wait();
    Result<std::optional<WorkerFrame>> frame = co_await worker_->receive();
    if (loss_) co_return;
    if (!frame) {
      kill(
          "The interpreter is lost: its private reply descriptor carried something else than "
          "replies (" +
          frame.error().message + ").");
      co_return;
    }
    if (!*frame) break;
    take(**frame);
  }
  // Its replies have ended. Mostly it has died, and live() says how; else it can never answer
  // again.
  auto deadline = Clock::now() + death_limit;
  while (!loss_ && Clock::now() < deadline) co_await changed_.wait_until(deadline);
  if (!loss_) kill("The interpreter is lost: it closed its private reply descriptor.");
}

asio::awaitable<void> Interpreter::pump(Pump& pump) {
  co_await pump.run();
  --pumping_;
  changed_.notify();
}

void Interpreter::kill(std::string cause) {
  if (loss_ || kill_cause_) return;
  kill_cause_ = std::move(cause);
  if (child_) child_->signal(SIGKILL);
}

void Interpreter::lose(Loss loss) {
  if (loss_) return;
  loss_ = std::move(loss);
  changed_.notify();
  if (listener_) listener_->lost(*loss_);
}

asio::awaitable<void> Interpreter::gone() {
  auto self = shared_from_this();
  while (!gone_) co_await changed_.wait();
}

}  // namespace quern
