// SPDX-License-Identifier: Apache-2.0
// The folder that is to become the root of an image, and what of Quern stands in it.
//
// Everything is made with the rights that it shall have in the image, whatever our umask is; a file
// that is there already, the same, is left alone, so that the same input gives the same root.
#pragma once

#include "adapter.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <vector>

namespace quern {

class ImageRoot {
 public:
  explicit ImageRoot(std::filesystem::path root);

  // Where the daemon looks for its languages and listens, in every image.
  static constexpr const char* place = "opt/quern";
  static constexpr const char* socket_folder = "run/quern";

  void put_daemon(const std::filesystem::path& quernd);
  // Each with what it needs; what an earlier version of them has left, or somebody added, goes.
  void put_languages(const std::vector<Adapter>& chosen);
  void make_socket_folder();

  struct File {
    std::filesystem::path path;  // below the root
    std::uint64_t size = 0;
  };
  const std::vector<File>& files() const { return files_; }
  std::uint64_t changes() const { return changes_; }

 private:
  using Sources = std::map<std::filesystem::path, std::filesystem::path>;  // by place below langs/
  static void add_needed(const Adapter& adapter, Sources& needed);
  void put(const std::filesystem::path& from, const std::filesystem::path& below, bool executable);
  void make_folder(const std::filesystem::path& below);
  void clear_folder(const std::filesystem::path& below,
                    const std::set<std::filesystem::path>& wanted);

  const std::filesystem::path root_;
  std::vector<File> files_;
  std::uint64_t changes_ = 0;
};

}  // namespace quern
