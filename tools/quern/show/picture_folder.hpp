// SPDX-License-Identifier: Apache-2.0
// Where what cannot be shown in a terminal goes: files in a folder that only this user may enter,
// made with the first. They are there to be looked at, and so stay when we leave.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace quern {

class PictureFolder {
 public:
  // Gives the file's path. Throws Failure with a sentence.
  std::string save(std::string_view mime, std::string_view bytes);

 private:
  std::filesystem::path path_;
  std::size_t count_ = 0;
};

}  // namespace quern
