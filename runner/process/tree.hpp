// SPDX-License-Identifier: Apache-2.0
// Who belongs to a tree of processes: its root, and whatever has come of it.
//
// While their parents live, descent proves it. When a parent ends, the kernel gives its children to
// the daemon (the nearest subreaper), and descent is lost. Then one of these proves it, of the
// orphan itself or of anyone below it:
//
//   session   it is in the session that the root leads, or led
//   marker    it was started with the tree's own value of _RUN_TREE in its environment
//   pipe      it holds open a pipe or a terminal that only this tree was given
//
//   memory    a look at the tree found it there before
//
// What sheds the first three (a new session, an emptied environment, no descriptor) before anybody
// looks is nobody's, and lives until the daemon ends (Reaper::end_all). Roots of other trees are
// never of this one.
//
// Owned by a Child. A tree whose root has been reaped and of which nobody was found is empty for
// ever, and says so from then on without looking. Never: signals, waits, reaps.
#pragma once

#include "launcher.hpp"
#include "process_table.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace quern {

class Reaper;

class Tree {
 public:
  static constexpr const char* marker_name = "_RUN_TREE";

  Tree(pid_t root, std::string marker, const Reaper& reaper);

  void hold(int descriptor);  // adds a proof by pipe; files and devices prove nothing
  void root_reaped();         // its number may be another's from now on
  bool root_is_reaped() const { return reaped_; }

  std::vector<ProcessStat> living() const;    // parents before their children, the root first
  std::vector<ProcessStat> glance() const;    // the same at a quick look, which may miss the newest
  TreeUsage usage(std::uint64_t near) const;  // without what orphans had used that have ended

 private:
  bool nobody_left() const;
  std::vector<ProcessStat> members_in(const ProcessTable& table) const;
  std::vector<ProcessStat> all() const;   // the dead but unreaped too
  std::vector<ProcessStat> most() const;  // the same at a quick look, which may miss the newest
  void remember(const std::vector<ProcessStat>& members) const;
  bool proven(const ProcessStat& process, bool session_is_ours) const;

  const pid_t root_;
  const std::string marker_entry_;  // NAME=value; empty: none
  const Reaper& reaper_;
  std::vector<std::string> pipes_;
  bool reaped_ = false;
  // What was seen once, kept: that nobody is left; who has not been seen dead, and his start.
  mutable bool empty_ = false;
  mutable std::set<std::pair<pid_t, std::uint64_t>> known_;
};

}  // namespace quern
