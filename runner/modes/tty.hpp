// SPDX-License-Identifier: Apache-2.0
// Terminal mode: one program with a terminal of its own, which clients share.
#pragma once

#include "languages.hpp"
#include "launcher.hpp"
#include "mode.hpp"
#include "oom_kills.hpp"
#include "turnstile.hpp"

#include <map>
#include <string>

namespace quern {

class Tty final : public Mode {
 public:
  struct Parts {
    const Languages& languages;
    Launcher& launcher;
    Turnstile& slots;
    Environment base;      // what programs inherit
    std::string work_dir;  // the default cwd
    RunLimits limits;      // of runs and languages that name none
    const OomKills* kernel = nullptr;
  };

  explicit Tty(Parts parts) : parts_(std::move(parts)) {}

  Result<Admission> accept(const std::shared_ptr<Run>& run) override;
  boost::asio::awaitable<void> execute(std::shared_ptr<Run> run) override;

 private:
  Result<void> check(const StartRun& spec) const;

  Parts parts_;
  std::map<const Run*, Turnstile::PlacePtr> places_;
};

}  // namespace quern
