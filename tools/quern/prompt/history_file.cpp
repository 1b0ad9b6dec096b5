// SPDX-License-Identifier: Apache-2.0
#include "history_file.hpp"

#include "failure.hpp"
#include "local_file.hpp"
#include "owned_fd.hpp"
#include "user_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

namespace quern {
namespace {

namespace fs = std::filesystem;

// A newline as \n and a backslash as \\, so that an entry is one line.
std::string line_of(const std::string& entry) {
  std::string line;
  for (const char c : entry) {
    if (c == '\n')
      line += "\\n";
    else if (c == '\\')
      line += "\\\\";
    else
      line += c;
  }
  return line + "\n";
}

std::string entry_of(const std::string& line) {
  std::string entry;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\' || i + 1 == line.size())
      entry += line[i];
    else
      entry += line[++i] == 'n' ? '\n' : line[i];
  }
  return entry;
}

// An errno, 0 when all went well.
int append(const fs::path& path, const std::string& line) {
  std::error_code failed;
  if (fs::create_directories(path.parent_path(), failed))
    fs::permissions(path.parent_path(), fs::perms::owner_all, failed);
  const OwnedFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!fd) return failed ? failed.value() : errno;
  const ssize_t written = ::write(fd.get(), line.data(), line.size());
  if (written < 0) return errno;
  return written == static_cast<ssize_t>(line.size()) ? 0 : ENOSPC;
}

// A language's name comes from the command line: it must not lead out of the folder.
std::string file_name(std::string lang) {
  for (char& c : lang)
    if (c == '/') c = '_';
  return "history-" + lang;
}

}  // namespace

HistoryFile::HistoryFile(const std::string& lang) {
  const fs::path folder = user_folder("XDG_STATE_HOME", ".local/state");
  if (!folder.empty()) path_ = folder / file_name(lang);
  read();
}

void HistoryFile::read() {
  if (path_.empty()) return;
  std::ifstream file(path_);
  std::vector<std::string> entries;
  for (std::string line; std::getline(file, line);) entries.push_back(entry_of(line));
  entries_ = History(entries);
  if (entries.size() > 2 * History::most) tidy();
}

// What was entered twice, or too long ago, leaves the file as a whole.
void HistoryFile::tidy() const {
  try {
    LocalTarget file(path_, 0600);
    for (std::size_t i = 0; i < entries_.size(); ++i) file.write(line_of(entries_.at(i)));
    file.keep();
  } catch (const Failure&) {
    return;  // the old one serves
  }
}

std::string HistoryFile::add(const std::string& entry) {
  if (!entries_.add(entry) || path_.empty()) return {};
  const int failed = append(path_, line_of(entry));
  if (failed == 0) return {};
  return "what you enter is not kept for the next time: " + path_.string() +
         " cannot be written: " + std::strerror(failed) + ".";
}

}  // namespace quern
