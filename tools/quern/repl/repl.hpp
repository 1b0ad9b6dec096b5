// SPDX-License-Identifier: Apache-2.0
// The prompt: what is entered is run on a context, which keeps its state from one input to the
// next; a line that begins with a colon and a word is for the prompt itself (ColonWord).
//
// Owns what lasts a session: the place, the runs left to the daemon, the transcript, what :env and
// :limit have set. The daemon may die under it: that is told, and the next input goes on with
// another.
#pragma once

#include "adviser.hpp"
#include "daemon_link.hpp"
#include "input_reader.hpp"
#include "jobs.hpp"
#include "look.hpp"
#include "surface.hpp"
#include "transcript.hpp"
#include "view.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace quern {

class Watch;

class Repl {
 public:
  // `plain`: as if nobody looked at the terminal.
  Repl(DaemonLink& link, Place place, bool plain, const Surface& surface);

  int converse();

  // For colon words. A Failure that one throws is told, and the prompt goes on.
  const Surface& surface() const { return surface_; }
  Writer& writer() { return surface_.writer; }
  // The daemon, which may have to be found again first. Throws Failure when there is none.
  Session& session();
  Adviser& adviser() { return adviser_; }
  Jobs& jobs() { return jobs_; }
  const Transcript& transcript() const { return transcript_; }
  bool is_at_terminal() const { return reader_->is_terminal() && !surface_.common.json; }

  const Place& place() const { return place_; }
  void go_to(Place place);
  Place place_in(const std::string& lang) const;  // where one was when last in that language
  void begin_context();
  void reset_context();

  Environment env;            // of contexts that are opened and programs that are run from now on
  RunLimits limits;           // of every run from now on
  bool program_next = false;  // the next input is a program of its own
  std::vector<std::string> saved;  // files that :save has written

  std::optional<Finished> run(const std::string& code);
  // As a program of its own, in a file of that name; empty: as the language names it.
  std::optional<Finished> run_program(const std::string& code, const std::string& file,
                                      const std::string& lang);
  void come_back(Job job);
  void quit();
  void stop(int signal);  // that came
  void choose_keys(const std::string& name) { reader_->choose_keys(name); }

 private:
  using Begin = std::function<void(Watch&)>;

  const Look& asked(Look& look);
  Place numbered_place() const;
  void greet();
  void take(const std::string& input);
  void obey(const std::string& input);
  StartRun request_for(const Job& job) const;
  Job fresh_job(RunMode mode, const std::string& code);
  std::optional<Finished> start(Job job, StartRun request);
  std::optional<Finished> follow(Job job, const Begin& begin);
  void tell_who_is_before(const Job& job);
  void settle(const Job& job, const Finished& finished);
  void leave_to_daemon(Job job, bool quietly);
  void hear(const Message& message);
  bool is_news(const Message& message) const;
  void lose(const DaemonLost& lost);
  void find_daemon();
  void go_over();
  void settle_down();
  void tell_what_is_gone();
  std::string on_leaving() const;
  bool may_leave();
  int leave(int code);

  DaemonLink& link_;
  const Surface& surface_;
  Look look_;
  Transcript transcript_;
  std::unique_ptr<InputReader> reader_;
  std::unique_ptr<View> view_;
  Adviser adviser_;
  Jobs jobs_;
  Place place_;
  std::map<std::string, std::string> contexts_;  // of each language, where one was last
  std::string boot_;
  std::string earlier_;  // the run before, kept for what is still written to it
  std::size_t inputs_ = 0;
  int last_code_ = 0;
  bool leaving_ = false;
};

}  // namespace quern
