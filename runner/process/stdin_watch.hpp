// SPDX-License-Identifier: Apache-2.0
// Notices that a run's program waits for its stdin, by looking at its processes now and then.
//
// What counts as waiting is stdin_wait.hpp, when to look look_schedule.hpp. It looks only while
// there is something to find: the input pipe is empty and has a writer, and no wait is known from
// elsewhere. A wait that is over by itself is told, too.
//
// Owned by a run, and its run() is over before it goes. Child and input may go before, when it was
// told to finish(). Never: throws, reads input or output, stops a process. To hand on all output
// before the wait is told is its user's affair.
#pragma once

#include "input_pipe.hpp"
#include "launcher.hpp"
#include "looks.hpp"
#include "stdin_wait.hpp"

#include <functional>
#include <string>

namespace quern {

class StdinWatch {
 public:
  struct Told {
    std::function<void()> waits;
    std::function<void()> left;  // it waits no more, though nobody gave it input
    // Once, with why, when its processes let nobody look into them. It goes on trying.
    std::function<void(const std::string&)> blind;
  };
  StdinWatch(boost::asio::any_io_executor executor, const WaitSource& source, const Child& child,
             const InputPipe& input, Told told);

  void stir();    // the program has written something
  void resume();  // it was given input or its end, or a wait known from elsewhere is over
  void rest();    // a wait is known from elsewhere; until resume()
  void finish() { looks_.finish(); }  // for good; what the program does is of no interest any more

  boost::asio::awaitable<void> run() { return looks_.run(); }  // until finish(), or cancelled

 private:
  void look();
  void note_blindness(const StdinLook& look);

  const WaitSource& source_;
  const Child& child_;
  const InputPipe& input_;
  const Told told_;
  FileId pipe_;
  bool resting_ = false;
  int blind_looks_ = 0;  // in a row
  bool told_blind_ = false;
  Looks looks_;
};

}  // namespace quern
