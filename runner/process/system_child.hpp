// SPDX-License-Identifier: Apache-2.0
// A child of the operating system: a pidfd for its root, a Tree for the rest.
//
// Made by SystemLauncher only. The root's status is taken with waitid() on the pidfd, never
// blocking, as soon as either the reaper or a waiting coroutine sees that it has ended; after that
// its number is never used again. The destructor kills and reaps what is left, blocking for as long
// as the kernel takes (well under a millisecond for a small process, at most two seconds): stop()
// before, where there is time. The Reaper must outlive it.
#pragma once

#include "cgroup.hpp"
#include "launcher.hpp"
#include "tree.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace quern {

class Reaper;

class SystemChild final : public Child {
 public:
  // `pidfd` is of `pid`, a child of this process that has not been waited for. Throws system_error.
  // `group`: the one that it has joined.
  SystemChild(boost::asio::any_io_executor executor, Reaper& reaper, pid_t pid, UniqueFd pidfd,
              std::string marker, Cgroups* cgroups = nullptr,
              std::unique_ptr<Cgroup> group = nullptr);
  ~SystemChild() override;
  SystemChild(const SystemChild&) = delete;
  SystemChild& operator=(const SystemChild&) = delete;

  pid_t pid() const override { return pid_; }
  boost::asio::awaitable<ExitStatus> wait() override;
  bool ended() const override;
  bool signal(int number) override;
  bool signal_again(int number) override;
  void signal_root(int number) override;
  void spare_root(int number, int instead) override { spared_ = {number, instead}; }
  bool kill_below_root() override;
  std::vector<pid_t> members() const override;
  std::vector<pid_t> members_at_a_glance() const override;
  boost::asio::awaitable<void> stop(std::chrono::milliseconds grace) override;
  TreeUsage usage(std::uint64_t near = ~std::uint64_t{0}) const override;
  std::chrono::microseconds root_cpu() const override;
  RootMemory root_memory() const override;
  int bound_root(int resource, std::optional<std::uint64_t> most) override;
  bool bound_processes(std::optional<std::uint64_t> more) override;
  std::uint64_t refused_processes() const override;
  void hold(int descriptor) override { tree_.hold(descriptor); }
  void disown() override;

 private:
  void reap();        // takes the status if it is there
  bool join_group();  // everyone of the tree; false where there are no groups
  int number_for_root(int number) const;
  boost::asio::awaitable<void> end(std::chrono::milliseconds grace);
  boost::asio::awaitable<void> everyone_gone(std::chrono::steady_clock::time_point deadline);

  const pid_t pid_;
  Reaper& reaper_;
  boost::asio::posix::stream_descriptor pidfd_;
  Tree tree_;
  Cgroups* const cgroups_;
  std::unique_ptr<Cgroup> group_;  // made when somebody wants a bound
  // Who was there at the last signal, and what he executed before it.
  struct Signalled {
    std::uint64_t started;
    std::string image;
  };
  std::map<pid_t, Signalled> signalled_;
  struct Spared {
    int number;
    int instead;
  };
  std::optional<Spared> spared_;
  std::optional<clockid_t> clock_;  // the root's processor time
  std::optional<ExitStatus> status_;
  std::map<int, std::uint64_t> unbound_;  // the root's own soft bounds where it has ours
  bool let_go_ = false;                   // disown() was called: nothing is ours any more
};

}  // namespace quern
