// SPDX-License-Identifier: Apache-2.0
// Lets runs through in the order they came, so many at a time.
//
// A context has one that lets one through; the daemon has one that lets limits.runs through. A run
// that is told to end while it waits leaves the line. Questions about code line up among the runs
// of their context, for as long as they care to wait. Never: knows what is done behind it.
#pragma once

#include "notifier.hpp"
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
    Pass(Turnstile& of, bool question) : of_(&of), question_(question) {}
    Pass(Pass&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)), question_(other.question_) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(question_, other.question_);
      return *this;
    }
    ~Pass() {
      if (of_) of_->leave(question_);
    }

   private:
    Turnstile* of_;
    bool question_;
  };

  // A place in the line, taken at once, before any coroutine gets to run.
  struct Place {
    std::shared_ptr<Run> run;          // or else
    std::shared_ptr<Notifier> asking;  // whoever has a question
    bool called = false;
    bool dismissed = false;
    Notifier& changed() { return run ? run->changed() : *asking; }
  };
  using PlacePtr = std::shared_ptr<Place>;
  PlacePtr line_up(std::shared_ptr<Run> run);
  PlacePtr line_up(std::shared_ptr<Notifier> asking);

  // Nothing when the run was told to end before its turn.
  boost::asio::awaitable<std::optional<Pass>> enter(PlacePtr place);
  // Of a question: nothing when its turn had not come by then, or never will.
  boost::asio::awaitable<std::optional<Pass>> enter_by(PlacePtr place,
                                                       Notifier::TimePoint deadline);

  // Of one who does not wait: nothing unless it is his turn at once.
  std::optional<Pass> enter_now();

  std::uint64_t waiting() const { return line_.size(); }
  std::uint64_t inside() const { return inside_; }
  std::uint64_t runs() const;  // inside and waiting; the rest are questions
  bool free() const { return inside_ < capacity_ && line_.empty(); }
  // Tells everyone in the line to end.
  void dismiss(const EndRequest& why);

 private:
  PlacePtr line_up(Place place);
  void leave(bool question);
  void call_next();

  std::uint64_t capacity_;
  std::uint64_t inside_ = 0;
  std::uint64_t questions_inside_ = 0;
  std::list<PlacePtr> line_;
};

}  // namespace quern
