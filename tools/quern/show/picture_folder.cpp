// SPDX-License-Identifier: Apache-2.0
#include "picture_folder.hpp"

#include "failure.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace quern {
namespace {

// `image/svg+xml` as svg, `image/png` as png: what a name may end in, whoever made up the type.
std::string ending_of(std::string_view mime) {
  std::string ending(mime.substr(mime.find('/') + 1));
  ending.erase(std::min(ending.find('+'), ending.size()));
  std::erase_if(ending, [](unsigned char c) { return std::isalnum(c) == 0; });
  return ending.empty() ? "bin" : ending.substr(0, 16);
}

}  // namespace

std::string PictureFolder::save(std::string_view mime, std::string_view bytes) {
  if (path_.empty()) {
    const char* named = std::getenv("TMPDIR");
    std::string name = std::string(named && *named == '/' ? named : "/tmp") + "/quern-shown-XXXXXX";
    if (!::mkdtemp(name.data()))
      throw Failure("no folder for pictures can be made as " + name + ": " + std::strerror(errno) +
                    ".");
    path_ = name;
  }
  const std::filesystem::path file = path_ / (std::to_string(++count_) + "." + ending_of(mime));
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw Failure("the picture could not be written to " + file.string() + ".");
  return file.string();
}

}  // namespace quern
