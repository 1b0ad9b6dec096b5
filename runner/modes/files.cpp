// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include "unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

namespace quern {

namespace fs = std::filesystem;

namespace {

// Rules look for build files and sources near the top; a work dir may hold a whole data set.
constexpr std::size_t most_entries = 10'000;
constexpr int most_depth = 6;

std::string failure(const fs::path& path, const char* what) {
  return "Cannot " + std::string(what) + " " + path.string() + ": " + std::strerror(errno) + ".";
}

std::string write_file(const fs::path& path, const File& file) {
  UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, file.mode));
  if (!fd) return failure(path, "create");
  struct stat what{};
  if (::fstat(fd.get(), &what) != 0) return failure(path, "look at");
  if (!S_ISREG(what.st_mode)) return "Cannot write " + path.string() + ": it is no regular file.";
  std::size_t done = 0;
  while (done < file.bytes.size()) {
    ssize_t n = ::write(fd.get(), file.bytes.data() + done, file.bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure(path, "write");
    done += static_cast<std::size_t>(n);
  }
  if (::fchmod(fd.get(), file.mode) != 0) return failure(path, "set the mode of");
  return "";
}

}  // namespace

Result<void> check_files(const std::vector<File>& files) {
  std::set<std::string> seen;
  for (const File& file : files) {
    fs::path path(file.path);
    bool climbs =
        std::any_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
    if (file.path.empty() || path.is_absolute() || climbs || !path.has_filename()) {
      return Error{ErrorCode::bad_request, "The file name `" + file.path +
                                               "` must be relative to the work dir, without `..`."};
    }
    if (!seen.insert(path.lexically_normal().string()).second) {
      return Error{ErrorCode::bad_request, "The file `" + file.path + "` is given twice."};
    }
  }
  return {};
}

std::string write_files(const fs::path& dir, const std::vector<File>& files) {
  for (const File& file : files) {
    fs::path path = dir / file.path;
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    if (failed)
      return "Cannot create " + path.parent_path().string() + ": " + failed.message() + ".";
    if (std::string problem = write_file(path, file); !problem.empty()) return problem;
  }
  return "";
}

Listing list_work_dir(const fs::path& dir) {
  Listing listing;
  std::error_code unreadable;  // what cannot be read matches no rule
  auto options = fs::directory_options::skip_permission_denied;
  fs::recursive_directory_iterator entry(dir, options, unreadable);
  for (; !unreadable && entry != fs::recursive_directory_iterator(); entry.increment(unreadable)) {
    if (listing.size() >= most_entries) break;
    if (entry.depth() >= most_depth) entry.disable_recursion_pending();
    std::error_code gone;
    std::string path = entry->path().lexically_relative(dir).string();
    listing.push_back(entry->is_directory(gone) ? path + "/" : path);
  }
  std::sort(listing.begin(), listing.end());
  return listing;
}

}  // namespace quern
