// SPDX-License-Identifier: Apache-2.0
// Query mode: a snippet in an interpreter whose context is kept between snippets.
#pragma once

#include "contexts.hpp"
#include "languages.hpp"
#include "lasting.hpp"
#include "mode.hpp"
#include "oom_kills.hpp"
#include "read_asking.hpp"
#include "turnstile.hpp"

#include <map>
#include <memory>

namespace quern {

class Query final : public Mode {
 public:
  struct Parts {
    const Languages& languages;
    Contexts& contexts;
    Turnstile& slots;
    RunLimits limits;  // of runs, contexts and languages that name none
    ReadAsking::Eyes eyes = {};
    const OomKills* kernel = nullptr;
  };

  Query(boost::asio::any_io_executor executor, Parts parts)
      : parts_(std::move(parts)), lasting_(std::move(executor)) {}

  Result<Admission> accept(const std::shared_ptr<Run>& run) override;
  boost::asio::awaitable<void> execute(std::shared_ptr<Run> run) override;

 private:
  struct Ticket {
    std::shared_ptr<Context> context;
    Turnstile::PlacePtr place;
  };

  Parts parts_;
  Lasting lasting_;
  std::map<const Run*, Ticket> tickets_;
};

}  // namespace quern
