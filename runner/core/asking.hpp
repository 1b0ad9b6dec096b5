// SPDX-License-Identifier: Apache-2.0
// From a question to its answer: asks the context's interpreter when that is free, else a stand-in.
//
// An idle context answers in its turn among its runs. From one at work an answer must come within a
// second: a parser needs no state, so `check` is answered all the same; to the others a stand-in
// says what any interpreter of the language knows, and where that is nothing, they are told `busy`.
// Where there is no context a stand-in answers, for asking makes none. Owned by main, which gives
// it to the dispatcher. Never: runs code, lets a question wait longer than its time.
#pragma once

#include "inquiry.hpp"
#include "stand_ins.hpp"

#include <cstdint>

namespace quern {

class Asking {
 public:
  Asking(TaskGroup& tasks, StandIns& stand_ins)
      : tasks_(tasks), stand_ins_(stand_ins), ended_(tasks.executor()) {}
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  struct Asked {
    const Manifest& manifest;
    std::shared_ptr<Context> context;  // none when there is none
    Question question;
  };
  // An Error when it cannot be asked at all; else `answer` is called once.
  Result<void> ask(Asked asked, Inquiry::Answer answer);

  // From now on questions are told that the daemon is closing. Then, once the contexts have ended
  // too, all are answered.
  boost::asio::awaitable<void> close();
  boost::asio::awaitable<void> join();

 private:
  class Open;
  boost::asio::awaitable<void> carry_out(Asked asked, Inquiry::Answer answer);
  boost::asio::awaitable<void> find_answer(const Asked& asked, Inquiry& inquiry, bool busy);
  boost::asio::awaitable<void> ask_context(Context& context, Inquiry& inquiry);
  boost::asio::awaitable<void> ask_stand_in(const Asked& asked, Inquiry& inquiry);
  Error failed(ErrorCode code, const std::string& cause) const;

  TaskGroup& tasks_;
  StandIns& stand_ins_;
  Notifier ended_;
  std::uint64_t open_ = 0;  // questions that are not through
  std::size_t bytes_ = 0;   // of their code
};

}  // namespace quern
