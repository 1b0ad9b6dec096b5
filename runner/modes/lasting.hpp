// SPDX-License-Identifier: Apache-2.0
// Tells those that last longer than a moment that they do: any number of them for one timer a
// moment, which is set while there is anybody.
//
// Owned by a mode, for its runs. Who is in it takes itself out before it goes.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace quern {

class Lasting {
 public:
  // A program that asks something has written its question by then, and nobody minds so little.
  static constexpr std::chrono::milliseconds moment{2};

  class One {
   public:
    One() = default;
    One(const One&) = delete;
    One& operator=(const One&) = delete;
    virtual void lasts() = 0;  // once, one or two moments after it was added

   protected:
    ~One() = default;
  };

  explicit Lasting(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}
  Lasting(const Lasting&) = delete;
  Lasting& operator=(const Lasting&) = delete;
  ~Lasting() { *alive_ = false; }

  void add(One& one);
  void remove(One& one);  // also when it is not in it

 private:
  void set_timer();
  void tell();

  std::vector<One*> fresh_;
  std::vector<One*> next_;  // to be told when the timer comes
  bool timed_ = false;
  boost::asio::steady_timer timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quern
