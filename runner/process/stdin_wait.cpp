// SPDX-License-Identifier: Apache-2.0
#include "stdin_wait.hpp"

#include <poll.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace quern {
namespace {

// Who listens to more at once is a server, not a program that asks; reading all of it costs too
// much.
constexpr std::uint64_t most_polled = 1024;
constexpr std::uint64_t most_selected = 1024;  // FD_SETSIZE

// The kernel's words, of which the upper half may hold anything.
int descriptor_of(std::uint64_t argument) { return static_cast<int>(argument); }

class Decision {
 public:
  Decision(const WaitSource& source, pid_t thread, const FileId& pipe)
      : source_(source), thread_(thread), pipe_(pipe) {}

  bool is_pipe(int descriptor) const {
    return descriptor >= 0 && source_.file(thread_, descriptor) == pipe_;
  }

  bool polls(std::uint64_t array, std::uint64_t count) const {
    count &= 0xffffffff;  // an unsigned int
    if (count == 0 || count > most_polled) return false;
    std::vector<pollfd> polled(count);
    if (!source_.memory(thread_, array, std::as_writable_bytes(std::span(polled)))) return false;
    return std::any_of(polled.begin(), polled.end(), [this](const pollfd& one) {
      return (one.events & (POLLIN | POLLRDNORM)) != 0 && is_pipe(one.fd);
    });
  }

  bool selects(std::uint64_t count, std::uint64_t set) const {
    const int wanted = descriptor_of(count);
    if (wanted <= 0 || set == 0) return false;
    const auto bits = std::min(static_cast<std::uint64_t>(wanted), most_selected);
    constexpr std::uint64_t word = 64;  // the kernel reads whole ones
    std::vector<std::uint64_t> words((bits + word - 1) / word);
    if (!source_.memory(thread_, set, std::as_writable_bytes(std::span(words)))) return false;
    for (std::uint64_t bit = 0; bit < bits; ++bit)
      if ((words[bit / word] >> (bit % word) & 1) != 0 && is_pipe(static_cast<int>(bit)))
        return true;
    return false;
  }

  bool epolls(std::uint64_t descriptor) const {
    return epoll_reads(source_.fdinfo(thread_, descriptor_of(descriptor)), pipe_);
  }

  // What a stop broke off goes on as a call that does not say what it is; of those that do, only
  // poll waits for descriptors.
  bool restarted_poll(const SleepingCall& call) const {
    return source_.wchan(thread_).find("poll") != std::string::npos &&
           polls(call.arguments[0], call.arguments[1]);
  }

 private:
  const WaitSource& source_;
  const pid_t thread_;
  const FileId& pipe_;
};

std::optional<StdinWait> wait_of(const WaitSource& source, pid_t thread, const SleepingCall& call,
                                 const FileId& pipe, Machine machine) {
  const Decision decision(source, thread, pipe);
  const auto& arguments = call.arguments;
  bool waits = false;
  bool listens = true;
  switch (kind_of_call(machine, call.number)) {
    case CallKind::read_first:
      waits = decision.is_pipe(descriptor_of(arguments[0]));
      listens = false;
      break;
    case CallKind::read_second:
      waits = decision.is_pipe(descriptor_of(arguments[1]));
      listens = false;
      break;
    case CallKind::poll: waits = decision.polls(arguments[0], arguments[1]); break;
    case CallKind::select: waits = decision.selects(arguments[0], arguments[1]); break;
    case CallKind::epoll: waits = decision.epolls(arguments[0]); break;
    case CallKind::restart: waits = decision.restarted_poll(call); break;
    case CallKind::other: break;
  }
  // Who was stopped in such a call, or is on its way out of it, does not wait.
  if (!waits || source.state(thread) != 'S') return std::nullopt;
  return StdinWait{thread, call.number, listens};
}

// The number behind `name` in a line of fdinfo.
std::optional<std::uint64_t> number_after(std::string_view line, std::string_view name) {
  const std::size_t at = line.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  line.remove_prefix(at + name.size());
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number, 16);
  return error == std::errc{} ? std::optional(number) : std::nullopt;
}

// As the kernel keeps it.
std::uint64_t kernel_device(dev_t device) {
  constexpr unsigned minor_bits = 20;
  return (std::uint64_t{major(device)} << minor_bits) | minor(device);
}

}  // namespace

bool epoll_reads(std::string_view fdinfo, const FileId& pipe) {
  constexpr std::uint64_t to_be_read = POLLIN | POLLRDNORM;  // EPOLLIN, EPOLLRDNORM
  while (!fdinfo.empty()) {
    const std::size_t size = std::min(fdinfo.find('\n'), fdinfo.size());
    const std::string_view line = fdinfo.substr(0, size);
    fdinfo.remove_prefix(std::min(size + 1, fdinfo.size()));
    if (!line.starts_with("tfd:")) continue;
    if (number_after(line, " ino:") == pipe.inode &&
        number_after(line, " sdev:") == kernel_device(pipe.device) &&
        (number_after(line, " events:").value_or(0) & to_be_read) != 0)
      return true;
  }
  return false;
}

StdinLook look_for_wait(const WaitSource& source, std::span<const pid_t> processes,
                        const FileId& pipe, Machine machine) {
  StdinLook look;
  for (const pid_t process : processes) {
    for (const pid_t thread : source.threads(process)) {
      const ProcText told = source.syscall(thread);
      if (told.error == ENOENT || told.error == ESRCH) continue;  // it has ended meanwhile
      if (told.error != 0) {
        look.refused = told.error;
        continue;
      }
      ++look.seen;
      const auto call = parse_sleeping_call(told.text);
      const auto wait = call ? wait_of(source, thread, *call, pipe, machine) : std::nullopt;
      if (!wait) continue;
      look.wait = wait;
      if (!wait->listens) return look;  // there is no surer
    }
  }
  return look;
}

}  // namespace quern
