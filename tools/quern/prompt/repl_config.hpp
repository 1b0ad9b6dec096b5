// SPDX-License-Identifier: Apache-2.0
// What somebody has chosen for the prompt, in ~/.config/quern/repl.toml: keys = "vi".
//
// QUERN_KEYS goes before the file. Comments and other keys of the file stay as they are.
#pragma once

#include "line_editor.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace quern {

std::optional<KeySet> key_set_of(const std::string& name);
std::string name_of(KeySet keys);

class ReplConfig {
 public:
  ReplConfig();

  KeySet keys() const { return keys_; }
  const std::string& trouble() const { return trouble_; }  // a sentence; empty: there was none
  // Gives a sentence when it could not be kept for the next time.
  std::string choose(KeySet keys);

 private:
  void read();

  std::filesystem::path path_;  // empty: there is no home
  KeySet keys_ = KeySet::emacs;
  std::string trouble_;
};

}  // namespace quern
