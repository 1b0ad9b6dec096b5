// SPDX-License-Identifier: Apache-2.0
#include "tree.hpp"

#include "reaper.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace quern {
namespace {

// A look during which processes ended may have missed their children; so many looks, then the last
// holds.
constexpr int most_looks = 3;

using ByParent = std::unordered_multimap<pid_t, const ProcessStat*>;

// `from` and everything below it, parents first, leaving out what is below the root of another
// tree.
std::vector<ProcessStat> subtree(const ProcessStat& from, const ByParent& by_parent,
                                 const Reaper& reaper) {
  std::vector<ProcessStat> found{from};
  for (std::size_t next = 0; next < found.size(); ++next) {
    const auto [begin, end] = by_parent.equal_range(found[next].pid);
    for (auto child = begin; child != end; ++child)
      if (!reaper.owns(child->second->pid)) found.push_back(*child->second);
  }
  return found;
}

bool are_one_file(int one, int other) {
  struct stat a{};
  struct stat b{};
  return ::fstat(one, &a) == 0 && ::fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

}  // namespace

Tree::Tree(pid_t root, std::string marker, const Reaper& reaper)
    : root_(root),
      marker_entry_(marker.empty() ? std::string() : std::string(marker_name) + "=" + marker),
      reaper_(reaper) {}

void Tree::hold(int descriptor) {
  std::string kinship = kinship_of(descriptor);
  if (kinship.empty()) return;
  // What the daemon was itself started with (the pipe of its log) may be every child's.
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (are_one_file(standard, descriptor)) return;
  pipes_.push_back(std::move(kinship));
}

void Tree::root_reaped() { reaped_ = true; }

bool Tree::proven(const ProcessStat& process, bool session_is_ours) const {
  if (process.dead()) return false;
  if (known_.contains({process.pid, process.started})) return true;
  if (session_is_ours && process.session == root_) return true;
  if (!marker_entry_.empty() && started_with(process.pid, marker_entry_)) return true;
  return holds_one_of(process.pid, pipes_);
}

std::vector<ProcessStat> Tree::members_in(const ProcessTable& table) const {
  ByParent by_parent;
  by_parent.reserve(table.processes.size());
  const ProcessStat* root = nullptr;
  for (const ProcessStat& process : table.processes) {
    by_parent.emplace(process.parent, &process);
    if (process.pid == root_) root = &process;
  }
  std::vector<ProcessStat> members;
  if (root != nullptr && !reaped_) members = subtree(*root, by_parent, reaper_);

  // A number stays in use for as long as a session has it. So when the root is gone and there is a
  // process with its number, nobody of its session is left.
  const bool session_is_ours = !reaped_ || root == nullptr;
  const auto [begin, end] = by_parent.equal_range(::getpid());
  for (auto child = begin; child != end; ++child) {
    const ProcessStat& orphan = *child->second;
    if (reaper_.owns(orphan.pid) || orphan.dead()) continue;
    const std::vector<ProcessStat> below = subtree(orphan, by_parent, reaper_);
    const auto is_proven = [&](const ProcessStat& one) { return proven(one, session_is_ours); };
    // All of them come from one tree: the proof of one is the proof of all.
    if (std::any_of(below.begin(), below.end(), is_proven))
      members.insert(members.end(), below.begin(), below.end());
  }
  return members;
}

bool Tree::nobody_left() const {
  if (!empty_ && reaped_ && !reaper_.may_have_orphans()) empty_ = true;
  return empty_;
}

std::vector<ProcessStat> Tree::all() const {
  std::vector<ProcessStat> members;
  for (int look = 0; look < most_looks && !nobody_left(); ++look) {
    const ProcessTable table = read_process_table();
    members = members_in(table);
    remember(members);
    if (!members.empty()) break;
    if (table.vanished == 0) {
      empty_ = reaped_;
      break;
    }
  }
  return members;
}

std::vector<ProcessStat> Tree::most() const {
  if (nobody_left()) return {};
  auto tops = read_own_children();
  if (!tops) return all();
  std::erase_if(*tops, [this](pid_t pid) { return reaper_.owns(pid); });
  if (std::find(tops->begin(), tops->end(), root_) == tops->end()) tops->push_back(root_);
  std::vector<ProcessStat> members = members_in(read_processes_below(*tops));
  remember(members);
  return members;
}

void Tree::remember(const std::vector<ProcessStat>& members) const {
  std::set<std::pair<pid_t, std::uint64_t>> known;
  for (const ProcessStat& process : members)
    if (!process.dead()) known.emplace(process.pid, process.started);
  for (const auto& [pid, started] : known_) {
    if (known.contains({pid, started})) continue;
    const auto now = read_stat(pid);
    if (now && now->started == started && !now->dead()) known.emplace(pid, started);
  }
  known_ = std::move(known);
}

std::vector<ProcessStat> Tree::living() const {
  std::vector<ProcessStat> members = all();
  std::erase_if(members, [](const ProcessStat& process) { return process.dead(); });
  return members;
}

std::vector<ProcessStat> Tree::glance() const {
  std::vector<ProcessStat> members = most();
  std::erase_if(members, [](const ProcessStat& process) { return process.dead(); });
  return members;
}

TreeUsage Tree::usage(std::uint64_t near) const {
  TreeUsage usage;
  const std::vector<ProcessStat> members = most();
  for (const ProcessStat& process : members) {
    usage.cpu += cpu_of(process) + cpu_waited_of(process);
    if (process.dead()) continue;
    usage.processes += process.threads;
    usage.memory += resident_bytes(process);
  }
  if (usage.memory <= near) return usage;
  usage.memory = 0;
  for (const ProcessStat& process : members)
    if (!process.dead()) usage.memory += proportional_bytes(process);
  return usage;
}

}  // namespace quern
