// SPDX-License-Identifier: Apache-2.0
// What an image must have for a language, as its adapter.toml says it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace quern {

struct Adapter {
  std::filesystem::path dir;
  std::string name;
  std::string title;
  std::vector<std::string> aliases;
  std::vector<std::string> programs;  // what must be there; its own begin with {dir}/
  std::vector<std::string> packages;  // Debian's
  std::vector<std::string>
      files;  // of its folder or one beside it; what else is there is not needed
  std::vector<std::string> refresh;  // a command to run once where the folder was put
};

// Of a folder with an adapter.toml. Throws Failure with file, line and cause.
Adapter read_adapter(const std::filesystem::path& dir);

// All of a folder of languages, by name.
std::vector<Adapter> read_adapters(const std::filesystem::path& langs);

// The one that is called so, by name or alias. Throws Failure with the name that was probably
// meant.
const Adapter& find_adapter(const std::vector<Adapter>& all, const std::string& name);

}  // namespace quern
