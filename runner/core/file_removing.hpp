// SPDX-License-Identifier: Apache-2.0
// Names taken out of directories: of a link the link itself. Blocking: for the file thread.
#pragma once

#include "file_path.hpp"
#include "reply.hpp"
#include "request.hpp"

#include <dirent.h>

#include <memory>
#include <vector>

namespace quern {

// One removal, step by step: a huge tree keeps nobody else off the thread for long. Goes down by
// open directories, so that nobody can lead it astray with a link, and never into another mount.
class Removal {
 public:
  Removal(Remove op, std::string work_dir) : op_(std::move(op)), work_dir_(std::move(work_dir)) {}

  Result<bool> step();  // whether it is done

 private:
  struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
  };
  struct Level {
    std::unique_ptr<DIR, CloseDir> dir;
    std::string name;  // in the level above
    int passes = 0;    // how often it was read to its end and was not empty then
    int fd() const { return ::dirfd(dir.get()); }
  };

  Result<bool> begin();
  Result<void> go_on();
  Result<void> leave();
  Result<void> descend(int parent, const std::string& name);
  Result<void> lift(int parent, const std::string& name);
  Error failure(int number, const std::string& below = "") const;

  Remove op_;
  std::string work_dir_;
  Spot spot_;
  std::vector<Level> levels_;  // those open, the outermost first
  std::uint64_t lifted_ = 0;
};

}  // namespace quern
