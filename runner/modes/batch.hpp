// SPDX-License-Identifier: Apache-2.0
// Batch mode: build, exec, clean, each a command of its own, in a work dir.
#pragma once

#include "file_thread.hpp"
#include "languages.hpp"
#include "launcher.hpp"
#include "mode.hpp"
#include "oom_kills.hpp"
#include "private_dirs.hpp"
#include "read_asking.hpp"
#include "stand_ins.hpp"
#include "turnstile.hpp"

#include <map>
#include <memory>

namespace quern {

class Batch final : public Mode {
 public:
  struct Parts {
    const Languages& languages;
    Launcher& launcher;
    FileThread& files;
    PrivateDirs& dirs;
    Turnstile& slots;
    Environment base;                            // what programs inherit
    std::string work_dir;                        // the default cwd
    RunLimits limits;                            // of runs and languages that name none
    std::optional<Account> user = std::nullopt;  // whose files those of runs are
    ReadAsking::Eyes eyes = {};
    const OomKills* kernel = nullptr;
    StandIns* builders = nullptr;  // without it every step is its own command
  };

  explicit Batch(Parts parts) : parts_(std::move(parts)) {}

  Result<Admission> accept(const std::shared_ptr<Run>& run) override;
  boost::asio::awaitable<void> execute(std::shared_ptr<Run> run) override;

 private:
  Result<void> check(const StartRun& spec) const;
  std::vector<File> names_of_files(const StartRun& spec) const;

  struct Ticket {
    Turnstile::PlacePtr place;
    std::string cwd;
  };

  Parts parts_;
  std::map<const Run*, Ticket> tickets_;
};

}  // namespace quern
