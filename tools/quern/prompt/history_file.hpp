// SPDX-License-Identifier: Apache-2.0
// A history on disk: a line an entry, in ~/.local/state/quern/history-LANG.
//
// Several prompts may be open at once: each appends what it takes, in one write, and reads the
// whole when it begins. Where the folder cannot be written the history lives in memory. Created for
// its owner alone: what is typed may be secret.
#pragma once

#include "history.hpp"

#include <filesystem>
#include <string>

namespace quern {

class HistoryFile {
 public:
  explicit HistoryFile(const std::string& lang);

  History& entries() { return entries_; }
  // Gives a sentence when the entry could not be stored.
  std::string add(const std::string& entry);

 private:
  void read();
  void tidy() const;

  std::filesystem::path path_;  // empty: there is no home
  History entries_;
};

}  // namespace quern
