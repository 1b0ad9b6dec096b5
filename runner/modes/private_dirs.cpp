// SPDX-License-Identifier: Apache-2.0
#include "private_dirs.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace quern {

namespace fs = std::filesystem;
namespace asio = boost::asio;

PrivateDirs::PrivateDirs(TaskGroup& tasks, FileThread& thread, std::vector<fs::path> places,
                         std::optional<Account> user)
    : tasks_(tasks), thread_(thread), places_(std::move(places)), user_(std::move(user)) {}

PrivateDirs::~PrivateDirs() {
  if (base_.empty()) return;
  const Rights rights(user_);
  std::error_code ignored;  // there is nobody left to tell
  fs::remove_all(base_, ignored);
}

Result<fs::path> PrivateDirs::base() {
  if (!base_.empty()) return base_;
  std::string tried;
  for (const fs::path& place : places_) {
    std::string name = (place / "quern-XXXXXX").string();
    if (::mkdtemp(name.data())) return base_ = name;
    tried += (tried.empty() ? "" : ", ") + place.string() + " (" + std::strerror(errno) + ")";
  }
  return Error{ErrorCode::io, "Cannot make a private directory for the run in any of: " + tried +
                                  ". Name a `cwd` that can be written."};
}

Result<std::shared_ptr<PrivateDirs::Dir>> PrivateDirs::make() {
  const Rights rights(user_);
  std::error_code unknown;
  if (!fs::is_directory(base_, unknown)) base_.clear();  // whoever tidies /tmp may have taken it
  Result<fs::path> parent = base();
  if (!parent) return parent.error();
  std::string name = (*parent / "run-XXXXXX").string();
  if (::mkdtemp(name.data())) return std::make_shared<Dir>(*this, name);
  return Error{ErrorCode::io, "Cannot make a private directory in " + parent->string() + ": " +
                                  std::strerror(errno) + "."};
}

void PrivateDirs::remove(const fs::path& path) {
  if (!closed_) tasks_.spawn(remove_later(path));
}

asio::awaitable<void> PrivateDirs::remove_later(fs::path path) {
  co_await thread_.run([path, user = user_] {
    const Rights rights(user);
    std::error_code ignored;  // what a program made unremovable goes with the daemon, or stays
    return fs::remove_all(path, ignored);
  });
}

}  // namespace quern
