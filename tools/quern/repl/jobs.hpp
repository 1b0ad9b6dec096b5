// SPDX-License-Identifier: Apache-2.0
// The runs that a prompt has left to the daemon, and what the daemon tells of them meanwhile.
//
// Each is waited for (`wait`), so that its end or its question is told without its output coming.
#pragma once

#include "job.hpp"
#include "session.hpp"

#include <list>
#include <optional>
#include <string>
#include <vector>

namespace quern {

class Jobs {
 public:
  explicit Jobs(Session& session) : session_(session) {}

  void keep(Job job);
  void keep_unasked(Job job);  // while there is no daemon to ask
  // Gives it back: it is followed again.
  std::optional<Job> take(const std::string& name);

  // By number, by name or by how its name begins; without a word the one that was left last.
  const Job* find(const std::string& word) const;
  const Job* owner_of(const Place& place) const;
  std::vector<const Job*> all() const;
  std::vector<const Job*> running() const;

  bool awaits(const Message& message) const;
  std::string news(const Message& message);  // of which awaits() was true; may be empty
  // On a new connection nobody answers what was asked on the old one.
  void ask_again();
  // Who had asked something may have ended since.
  void ask_those_who_asked();

  std::vector<std::string> lose_all();

 private:
  enum class State { runs, asks, ended };
  struct Left {
    Job job;
    State state = State::runs;
    std::string wait_id;
  };
  void wait_for(Left& left);

  Session& session_;
  std::list<Left> left_;
};

}  // namespace quern
