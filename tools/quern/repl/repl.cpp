// SPDX-License-Identifier: Apache-2.0
#include "repl.hpp"

#include "colon_words.hpp"
#include "edited_input.hpp"
#include "exit_code.hpp"
#include "failure.hpp"
#include "line_input.hpp"
#include "question.hpp"
#include "recording_view.hpp"
#include "repl_view.hpp"
#include "terminal_asking.hpp"

#include <algorithm>
#include <utility>

namespace quern {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<InputReader> reader_for(Session& session, const Look& look,
                                        const Surface& surface) {
  if (look.terminal) return std::make_unique<EditedInput>(session, surface.signals, surface.writer);
  return std::make_unique<LineInput>(session, surface.signals, surface.writer);
}

std::unique_ptr<View> view_for(const Surface& surface, const Look& look) {
  if (surface.common.json) return std::make_unique<JsonView>(surface.writer);
  return std::make_unique<ReplView>(surface.writer, look);
}

}  // namespace

Repl::Repl(DaemonLink& link, Place place, bool plain, const Surface& surface)
    : link_(link),
      surface_(surface),
      look_(look_of_environment(plain || surface.common.json)),
      reader_(reader_for(link.session(), look_, surface)),
      view_(std::make_unique<RecordingView>(view_for(surface, asked(look_)), transcript_)),
      adviser_(link.session()),
      jobs_(link.session()),
      place_(std::move(place)),
      boot_(link.session().daemon().boot) {
  for (const ColonWord& word : colon_words())
    reader_->words.commands.push_back({std::string(word.name), std::string(word.summary)});
  for (const LanguageInfo& language : link.session().daemon().languages)
    reader_->words.languages.push_back({language.name, language.title});
  reader_->is_news = [this](const Message& message) { return is_news(message); };
  reader_->on_message = [this](const Message& message) { hear(message); };
  reader_->on_new_connection = [this] { jobs_.ask_again(); };
  if (reader_->is_terminal()) reader_->on_lost = [this](const DaemonLost& lost) { lose(lost); };
}

int Repl::converse() {
  greet();
  std::string input;
  while (!leaving_) {
    if (!link_.session().is_lost()) jobs_.ask_those_who_asked();
    view_->before_prompt();
    switch (reader_->read(numbered_place(), input)) {
      case InputReader::Got::input: take(input); break;
      case InputReader::Got::interrupted: program_next = false; break;
      case InputReader::Got::end: leaving_ = may_leave(); break;
      case InputReader::Got::ended_by_signal: return leave(exit_code_of_signal(reader_->signal()));
    }
  }
  return leave(last_code_);
}

const Look& Repl::asked(Look& look) {
  if (may_ask_terminal(look)) reader_->type_ahead(ask_terminal(look, surface_.writer));
  return look;
}

Place Repl::numbered_place() const {
  return {place_.lang, place_.ctx, look_.terminal ? inputs_ + 1 : 0};
}

void Repl::greet() {
  begin_context();
  if (!is_at_terminal()) return;
  writer().out("Quern " QUERN_VERSION ", " + link_.session().daemon().daemon +
               ". :help lists what there is, Ctrl-D leaves.\n");
}

// What goes wrong is told and the prompt goes on; in a script only what the daemon refuses or a
// word cannot do.
void Repl::take(const std::string& input) {
  if (input.find_first_not_of(" \t\n") == std::string::npos) return;
  try {
    if (is_command(input))
      obey(input);
    else if (std::exchange(program_next, false))
      run_program(input, {}, place_.lang);
    else
      run(input);
  } catch (const DaemonLost& lost) {
    if (!reader_->is_terminal()) throw;
    lose(lost);
  } catch (const Failure& failure) {
    if (!reader_->is_terminal() && !is_command(input)) throw;
    writer().say(failure.what());
    if (!leaving_) last_code_ = failure.code;
  }
}

void Repl::obey(const std::string& input) {
  const std::size_t space = std::min(input.find_first_of(" \t\n"), input.size());
  const std::size_t begin = input.find_first_not_of(" \t\n", space);
  const std::string rest = begin == std::string::npos ? "" : input.substr(begin);
  find_colon_word(input.substr(0, space)).obey(*this, rest);
}

Place Repl::place_in(const std::string& lang) const {
  const auto last = contexts_.find(lang);
  return {lang, last == contexts_.end() ? "main" : last->second};
}

void Repl::go_to(Place place) {
  contexts_[place_.lang] = place_.ctx;
  place_ = std::move(place);
  begin_context();
}

// So that the language can be asked about the very first input. Whether it went well is told by
// the first run.
void Repl::begin_context() {
  if (link_.session().is_lost()) return;
  OpenContext request;
  request.lang = place_.lang;
  request.ctx = place_.ctx;
  request.env = env;
  link_.session().send(std::move(request));
}

// Variables are of a context from its making, so that new ones need a new context.
void Repl::reset_context() {
  if (env.empty()) {
    session().ask_for<ContextReply>(ResetContext{place_.lang, place_.ctx});
  } else {
    session().ask(CloseContext{place_.lang, place_.ctx});
    OpenContext request;
    request.lang = place_.lang;
    request.ctx = place_.ctx;
    request.env = env;
    session().ask_for<ContextReply>(std::move(request));
  }
}

// --- what the daemon says while nothing is followed ----------------------------------------------

bool Repl::is_news(const Message& message) const {
  switch (message.kind.kind) {
    case HeadKind::Kind::reply: return jobs_.awaits(message);
    case HeadKind::Kind::event: return message.kind.id == earlier_;
    case HeadKind::Kind::context: return false;
  }
  return false;
}

// What threads and children write while nothing runs belongs to the run before.
void Repl::hear(const Message& message) {
  if (message.kind.kind == HeadKind::Kind::reply) {
    if (const std::string news = jobs_.news(message); !news.empty()) writer().say(news);
    return;
  }
  if (!is_news(message)) return;
  const Stamped event = value_or_fail(decode_event(message.head(), message.body()));
  view_->show(event, message);
  link_.session().send(Ack{earlier_, event.seq});
}

// --- leaving -------------------------------------------------------------------------------------

std::string Repl::on_leaving() const {
  if (!reader_->is_terminal()) return {};
  return link_.is_private() ? "It runs and would end with the private daemon. Leave?"
                            : "It runs and would go on in the daemon. Leave?";
}

void Repl::quit() { leaving_ = may_leave(); }

// Where runs outlive us there is nothing to ask, only to tell.
bool Repl::may_leave() {
  const auto running = jobs_.running();
  if (link_.session().is_lost() || running.empty() || !reader_->is_terminal()) return true;
  if (!link_.is_private()) {
    for (const Job* job : running)
      writer().say("run " + title_of(*job) + " goes on: quern attach " + job->name);
    return true;
  }
  std::string titles;
  for (const Job* job : running) titles += (titles.empty() ? "" : ", ") + title_of(*job);
  RunTerminal terminal;
  const Question question{
      "Run " + titles + " would end with the private daemon. Leave? [y/n] ", Answer::no, {}};
  const Reaction reaction = ask(question, link_.session(), surface_, terminal);
  if (reaction.signal) stop(*reaction.signal);
  return reaction.signal || reaction.answer == Answer::yes;
}

void Repl::stop(int signal) {
  leaving_ = true;
  last_code_ = exit_code_of_signal(signal);
  writer().say("stopped by a signal.");
}

int Repl::leave(int code) {
  Session& session = link_.session();
  try {
    if (!earlier_.empty() && !session.is_lost()) session.ask_within(Forget{earlier_}, 2s);
  } catch (const DaemonLost&) {
    return code;  // who leaves need not be told
  }
  return code;
}

}  // namespace quern
