// SPDX-License-Identifier: Apache-2.0
// A fresh folder that only this user may enter; removed with all that is in it when its owner goes.
#pragma once

#include <filesystem>

namespace quern {

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace quern
