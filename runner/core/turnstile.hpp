// SPDX-License-Identifier: Apache-2.0
// Lets runs through in the order they came, so many at a time.
//
// A context has one that lets one through; the daemon has one that lets limits.runs through. A run
// that is told to end while it waits leaves the line. Never: knows what the runs do behind it.
#pragma once

#include "run.hpp"

#include <boost/asio/awaitable.hpp>

#include <list>
#include <memory>
#include <optional>

namespace quern {

class Turnstile {
 public:
  explicit Turnstile(std::uint64_t capacity) : capacity_(capacity) {}
  Turnstile(const Turnstile&) = delete;
  Turnstile& operator=(const Turnstile&) = delete;

  // Being inside; leaving is its destruction.
  class Pass {
   public:
    explicit Pass(Turnstile& of) : of_(&of) {}
    Pass(Pass&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(of_, other.of_);
      return *this;
    }
    ~Pass() {
      if (of_) of_->leave();
    }

   private:
    Turnstile* of_;
  };

  // A place in the line, taken at once, before any coroutine gets to run.
  struct Place {
    std::shared_ptr<Run> run;
    bool called = false;
  };
  using PlacePtr = std::shared_ptr<Place>;
  PlacePtr line_up(std::shared_ptr<Run> run);

  // Nothing when the run was told to end before its turn.
  boost::asio::awaitable<std::optional<Pass>> enter(PlacePtr place);

  std::uint64_t waiting() const { return line_.size(); }
  std::uint64_t inside() const { return inside_; }
  bool free() const { return inside_ < capacity_ && line_.empty(); }
  // Tells everyone in the line to end.
  void dismiss(const EndRequest& why);

 private:
  void leave();
  void call_next();

  std::uint64_t capacity_;
  std::uint64_t inside_ = 0;
  std::list<PlacePtr> line_;
};

}  // namespace quern
