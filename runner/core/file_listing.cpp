// SPDX-License-Identifier: Apache-2.0
#include "file_listing.hpp"

#include "file_path.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

namespace quern {

namespace {

// What one entry takes in a head beside its name: its keys and the largest numbers, rounded up.
constexpr std::size_t entry_overhead = 80;
constexpr std::size_t head_room = max_head - 4 * kib;

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};
using Dir = std::unique_ptr<DIR, CloseDir>;

using Names = std::vector<std::pair<std::string, unsigned char>>;  // name, d_type

// The first `most` names behind `after`, in order; errno tells whether it could be read to its end.
Names first_names(DIR* dir, const std::string& after, std::size_t most) {
  Names names;  // a heap, the greatest name on top
  ::rewinddir(dir);
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(dir);
    if (!entry) break;
    std::string name = entry->d_name;
    if (name == "." || name == ".." || name <= after) continue;
    if (names.size() == most && name >= names.front().first) continue;
    names.emplace_back(std::move(name), entry->d_type);
    std::push_heap(names.begin(), names.end());
    if (names.size() <= most) continue;
    std::pop_heap(names.begin(), names.end());
    names.pop_back();
  }
  std::sort_heap(names.begin(), names.end());
  return names;
}

// Nothing when it has gone meanwhile. Whoever may read a directory but not enter it gets the types.
std::optional<FileEntry> entry_of(DIR* dir, const std::string& name, unsigned char type) {
  struct stat is{};
  if (::fstatat(::dirfd(dir), name.c_str(), &is, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0) {
    return FileEntry{name, type_of(is.st_mode), static_cast<std::uint64_t>(is.st_size),
                     is.st_mode & 07777, microseconds_of(is.st_mtim)};
  }
  if (errno == ENOENT) return std::nullopt;
  return FileEntry{name, type_of(static_cast<mode_t>(DTTOIF(type))), 0, 0, 0};
}

}  // namespace

Result<ListReply> list_directory(const List& op) {
  UniqueFd fd = open_path(op.path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  if (!fd) return file_error("list", op.path, errno);
  Dir dir(::fdopendir(fd.get()));
  if (!dir) return file_error("list", op.path, errno);
  fd.release();

  auto limit = static_cast<std::size_t>(std::min<std::uint64_t>(op.limit, max_listed));
  ListReply reply;
  std::string after = op.after;
  do {
    Names names = first_names(dir.get(), after, limit + 1);
    if (errno != 0) return file_error("list", op.path, errno);
    reply.more = names.size() > limit;
    if (reply.more) names.pop_back();
    std::size_t size = 0;
    for (auto& [name, type] : names) {
      size += name.size() + entry_overhead;
      if (size > head_room) {
        reply.more = true;
        break;
      }
      if (auto entry = entry_of(dir.get(), name, type)) reply.entries.push_back(std::move(*entry));
      after = std::move(name);
    }
    // A page of which all has gone meanwhile would leave its reader without a name to go on from.
  } while (reply.entries.empty() && reply.more);
  return reply;
}

}  // namespace quern
