// SPDX-License-Identifier: Apache-2.0
// Fresh directories for batch runs that bring their own files and name no place for them.
//
// They live below one directory of this daemon's, in the first of the given places that can be
// written, and go with the run that they were made for; what is left goes with the daemon. All of
// them are made and removed by the user that programs run as.
#pragma once

#include "error.hpp"
#include "file_thread.hpp"
#include "rights.hpp"
#include "task_group.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace quern {

class PrivateDirs {
 public:
  PrivateDirs(TaskGroup& tasks, FileThread& thread, std::vector<std::filesystem::path> places,
              std::optional<Account> user = std::nullopt);
  PrivateDirs(const PrivateDirs&) = delete;
  PrivateDirs& operator=(const PrivateDirs&) = delete;
  ~PrivateDirs();

  class Dir {
   public:
    Dir(PrivateDirs& of, std::filesystem::path path) : of_(of), path_(std::move(path)) {}
    Dir(const Dir&) = delete;
    Dir& operator=(const Dir&) = delete;
    ~Dir() { of_.remove(path_); }
    const std::filesystem::path& path() const { return path_; }

   private:
    PrivateDirs& of_;
    std::filesystem::path path_;
  };

  Result<std::shared_ptr<Dir>> make();
  void close() { closed_ = true; }  // from now on directories go with all the others

 private:
  friend class Dir;
  Result<std::filesystem::path> base();
  void remove(const std::filesystem::path& path);
  boost::asio::awaitable<void> remove_later(std::filesystem::path path);

  TaskGroup& tasks_;
  FileThread& thread_;
  std::vector<std::filesystem::path> places_;
  const std::optional<Account> user_;
  std::filesystem::path base_;
  bool closed_ = false;
};

}  // namespace quern
