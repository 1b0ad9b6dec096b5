// SPDX-License-Identifier: Apache-2.0
// Enter: whether an input is whole is asked of the daemon, and keys typed meanwhile are kept for
// what comes of it, and shown.
#pragma once

#include "adviser.hpp"
#include "key_decoder.hpp"
#include "session.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>

namespace quern {

class Entering {
 public:
  explicit Entering(Session& session) : session_(session) {}

  void begin(const Place& place, const std::string& code);
  bool going() const { return !id_.empty(); }
  // The answer, or what brackets tell when there is none in time.
  std::optional<Verdict> take(const Message& message);
  std::optional<Verdict> give_up(std::chrono::steady_clock::time_point now);
  std::chrono::steady_clock::time_point deadline() const { return deadline_; }

  void type_ahead(const Key& key) { ahead_.push_back(key); }
  std::string seen_ahead() const;  // as far as it is plain text
  std::deque<Key> end();           // gives what was typed ahead

 private:
  Session& session_;
  std::string id_;
  std::string code_;
  std::chrono::steady_clock::time_point deadline_;
  std::deque<Key> ahead_;
};

}  // namespace quern
