// SPDX-License-Identifier: Apache-2.0
// From a path to an open file, without ever going through a magic link.
//
// A magic link (/proc/PID/fd/N, cwd, root, exe, ns) is no path but a way into a process: it would
// lend a client what the daemon holds open. Symbolic links are followed as any program would. What
// a path leads to is opened as a mere place first (O_PATH), so that looking at a fifo or a device
// wakes nobody; only what turned out to be a regular file is opened in earnest. All of it blocks:
// for the file thread, under Rights. Paths are absolute.
#pragma once

#include "error.hpp"
#include "unique_fd.hpp"

#include <sys/stat.h>

#include <string>
#include <string_view>

namespace quern {

// Empty, with errno set, when it cannot be opened. A refused magic link is ELOOP.
UniqueFd open_path(const std::string& path, int flags, mode_t mode = 0);

// The same where the kernel has no openat2: walks the path link by link.
UniqueFd walk_path(const std::string& path, int flags, mode_t mode = 0);

// A place, opened for use; it never blocks on what it opens.
UniqueFd open_again(const UniqueFd& place, int flags);

// What went wrong, by errno, as a sentence: "Cannot read /a/b: No such file or directory."
Error file_error(std::string_view doing, const std::string& path, int number);

// "file", "dir", "link" or "other".
std::string type_of(mode_t mode);

// Whether it is a regular file; the Error names what it is instead.
Result<struct stat> regular(const UniqueFd& file, std::string_view doing, const std::string& path);

// An entry of a directory, whether it is there or not: what is made, moved or removed by name.
struct Spot {
  UniqueFd parent;
  std::string name;
};
enum class Parents { there, made };
Result<Spot> spot_of(std::string path, Parents parents, std::string_view doing);

// Makes the directories above the path that are not there.
Result<void> make_parents(const std::string& path);

std::int64_t microseconds_of(const timespec& time);

}  // namespace quern
