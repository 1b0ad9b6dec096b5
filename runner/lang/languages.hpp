// SPDX-License-Identifier: Apache-2.0
// The languages that this daemon offers: the manifests of one folder, by name and alias.
//
// Read at start, constant after. A folder whose programs are missing here is left out and says so.
#pragma once

#include "manifest.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct LeftOut {
  std::string name;
  std::string reason;  // words for a sentence: `ghc` is not on PATH (Debian: apt install ghc)
  std::vector<std::string> aliases;
};

// Of a language that is there, from its folder.
Result<SyntaxReply> read_syntax(const Manifest& manifest);

class Languages {
 public:
  // Reads every DIR/*/adapter.toml. `path` is where programs are looked up. A manifest that cannot
  // be read, or two that claim one name, are an Error: an image with a broken adapter is to be
  // noticed.
  static Result<Languages> read(const std::filesystem::path& dir, std::string_view path);

  const Manifest* find(std::string_view name_or_alias) const;
  // unknown-language, naming the nearest known one, or why it was left out.
  Error unknown(std::string_view name) const;

  const std::vector<Manifest>& all() const { return manifests_; }
  const std::vector<LeftOut>& left_out() const { return left_out_; }

 private:
  std::vector<Manifest> manifests_;  // sorted by name
  std::vector<LeftOut> left_out_;
};

}  // namespace quern
