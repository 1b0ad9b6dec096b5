// SPDX-License-Identifier: Apache-2.0
// quern repl: what is entered is run on a context, which keeps its state from one input to the
// next.
#include "commands.hpp"
#include "daemon_link.hpp"
#include "edited_input.hpp"
#include "exit_code.hpp"
#include "failure.hpp"
#include "follower.hpp"
#include "line_input.hpp"
#include "nearest.hpp"
#include "run_name.hpp"

#include <algorithm>
#include <memory>

namespace quern {
namespace {

using namespace std::chrono_literals;

constexpr const char* help =
    ":help         this\n"
    ":lang NAME    go on in another language\n"
    ":ctx NAME     go on in another context\n"
    ":reset        a fresh interpreter for this context\n"
    ":doc NAME     what the interpreter knows of a name\n"
    ":quit         leave, as Ctrl-D does\n"
    "\n"
    "Enter runs what is whole and goes on with what is not; Alt-Enter always parts a line.\n"
    "Tab completes. Up and Down look through what was entered before: all that begins as the line\n"
    "does. Ctrl-R searches it. A leading blank keeps an input out of it.\n"
    "Ctrl-C clears the input, or interrupts what runs; a second one within a second kills it.\n";

std::unique_ptr<InputReader> reader_for(Session& session, const Surface& surface) {
  if (RawTerminal::is_able() && !surface.common.json)
    return std::make_unique<EditedInput>(session, surface.signals, surface.writer);
  return std::make_unique<LineInput>(session, surface.signals, surface.writer);
}

class Repl {
 public:
  Repl(Session& session, const ReplOptions& options, const Surface& surface)
      : session_(session),
        surface_(surface),
        view_(view_for(surface)),
        reader_(reader_for(session, surface)),
        adviser_(session),
        place_{options.lang, options.ctx} {
    reader_->on_message = [this](const Message& message) { hear(message); };
  }

  int converse() {
    greet();
    std::string input;
    for (;;) {
      switch (reader_->read(place_, input)) {
        case InputReader::Got::input: break;
        case InputReader::Got::interrupted: continue;
        case InputReader::Got::end: return leave(last_code_);
        case InputReader::Got::ended_by_signal:
          return leave(exit_code_of_signal(reader_->signal()));
      }
      if (input.find_first_not_of(" \t\n") == std::string::npos) continue;
      if (!is_command(input))
        run(input);
      else if (!obey(input))
        return leave(last_code_);
    }
  }

 private:
  static std::unique_ptr<View> view_for(const Surface& surface) {
    if (surface.common.json) return std::make_unique<JsonView>(surface.writer);
    return std::make_unique<PlainView>(surface.writer, true);
  }

  void greet() {
    begin_context();
    if (!reader_->is_terminal() || surface_.common.json) return;
    surface_.writer.out("Quern " QUERN_VERSION ", " + session_.daemon().daemon +
                        ". :help lists what there is, Ctrl-D leaves.\n");
  }

  // So that the language can be asked about the very first input. Whether it went well is told by
  // the first run.
  void begin_context() {
    OpenContext request;
    request.lang = place_.lang;
    request.ctx = place_.ctx;
    session_.send(std::move(request));
  }

  void run(const std::string& code) {
    StartRun request;
    request.mode = RunMode::query;
    request.lang = place_.lang;
    request.ctx = place_.ctx;
    request.code = code;
    if (!reader_->is_terminal()) request.input = Stdin::none;  // stdin is the code
    InputFeed input(reader_->is_terminal() ? InputFeed::Source::terminal : InputFeed::Source::none,
                    0, false);
    const std::string name = fresh_run_name();
    try {
      Follower follower(session_, surface_.signals, surface_.writer, *view_, input);
      const auto ending = follower.run(std::move(request), name);
      last_code_ = ending.exit_code();
      if (ending.signal != 0) throw Failure("stopped by a signal.", last_code_);
      if (!earlier_.empty()) session_.send(Forget{earlier_});
      earlier_ = name;
    } catch (const Refusal& refusal) {
      if (!reader_->is_terminal()) throw;
      surface_.writer.say(refusal.what());
    }
  }

  // What threads and children write while nothing runs belongs to the run before.
  void hear(const Message& message) {
    if (message.kind.kind != HeadKind::Kind::event || message.kind.id != earlier_) return;
    const Stamped event = value_or_fail(decode_event(message.head(), message.body()));
    view_->show(event, message);
    session_.send(Ack{earlier_, event.seq});
  }

  int leave(int code) {
    if (!earlier_.empty()) session_.ask_within(Forget{earlier_}, 2s);
    return code;
  }

  bool obey(const std::string& line) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string word = line.substr(0, space);
    const std::size_t begin = line.find_first_not_of(' ', space);
    const std::string name = begin == std::string::npos ? "" : line.substr(begin);
    if (word == ":quit") return false;
    if (word == ":help")
      surface_.writer.out(help);
    else if (word == ":reset")
      reset();
    else if (word == ":lang" && !name.empty())
      choose_language(name);
    else if (word == ":ctx" && !name.empty())
      go_to({place_.lang, name});
    else if (word == ":doc" && !name.empty())
      explain(name);
    else if (word == ":lang" || word == ":ctx" || word == ":doc")
      surface_.writer.say(word + " wants a name behind it.");
    else
      surface_.writer.say("there is no " + word + "; :help lists what there is.");
    return true;
  }

  void go_to(Place place) {
    place_ = std::move(place);
    begin_context();
  }

  void reset() {
    const Message message = session_.ask(ResetContext{place_.lang, place_.ctx});
    const auto reply = decode_reply<ContextReply>(message.head(), message.body());
    if (!reply) surface_.writer.say(reply.error().message);
  }

  void explain(const std::string& name) {
    const auto reply = adviser_.inspect(place_, name, name.size());
    if (!reply) return surface_.writer.say(reply.error().message);
    const auto text = reply->data.find("text/plain");
    if (!reply->found || text == reply->data.end())
      return surface_.writer.say("nothing is known of " + name + ".");
    surface_.writer.out(text->second);
    if (!surface_.writer.at_line_start()) surface_.writer.out("\n");
  }

  // A name that only an alias has is let through: the daemon knows aliases, `hello` does not tell
  // them.
  void choose_language(const std::string& name) {
    std::vector<std::string> names;
    for (const LanguageInfo& language : session_.daemon().languages) names.push_back(language.name);
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    if (const std::string_view meant = nearest(name, names); !known && !meant.empty())
      return surface_.writer.say("there is no language \"" + name + "\"; did you mean \"" +
                                 std::string(meant) + "\"?");
    go_to({name, place_.ctx});
  }

  Session& session_;
  const Surface& surface_;
  std::unique_ptr<View> view_;
  std::unique_ptr<InputReader> reader_;
  Adviser adviser_;
  Place place_;
  std::string earlier_;  // the run before, kept for what is still written to it
  int last_code_ = 0;
};

}  // namespace

int execute(const ReplOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::start_one);
  return Repl(link.session(), options, surface).converse();
}

}  // namespace quern
