// SPDX-License-Identifier: Apache-2.0
// quern repl: what is typed is run on a context, which keeps its state from one input to the next.
//
// A line is an input, unless it leaves a bracket open or ends in a colon: then an empty line ends
// it.
#include "commands.hpp"
#include "daemon_link.hpp"
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

constexpr const char* help =
    ":help         this\n"
    ":lang NAME    go on in another language\n"
    ":ctx NAME     go on in another context\n"
    ":reset        a fresh interpreter for this context\n"
    ":quit         leave, as Ctrl-D does\n"
    "Ctrl-C interrupts what runs, a second one within a second kills it.\n";

class Repl {
 public:
  Repl(Session& session, const ReplOptions& options, const Surface& surface)
      : session_(session),
        surface_(surface),
        lines_(session, surface.signals, surface.writer),
        lang_(options.lang),
        ctx_(options.ctx) {}

  int converse() {
    std::string code;
    for (;;) {
      switch (read_input(code)) {
        case LineInput::Got::line: break;
        case LineInput::Got::interrupted: continue;
        case LineInput::Got::end:
          if (lines_.is_terminal()) surface_.writer.out("\n");
          return last_code_;
        case LineInput::Got::ended_by_signal: return exit_code_of_signal(lines_.signal());
      }
      if (code.find_first_not_of(" \t\n") == std::string::npos) continue;
      if (code.front() != ':')
        run(code);
      else if (!obey(code))
        return last_code_;
    }
  }

 private:
  LineInput::Got read_input(std::string& code) {
    const std::string prompt = lang_ + (ctx_ == "main" ? "" : ":" + ctx_) + "> ";
    const std::string more(prompt.size() - 2, '.');
    auto got = lines_.read(prompt, code);
    bool block = got == LineInput::Got::line && !code.starts_with(':') && wants_more(code);
    while (block) {
      std::string line;
      got = lines_.read(more + "  ", line);
      if (got != LineInput::Got::line) break;
      code += "\n" + line;
      block = !line.empty();
    }
    // What a file leaves open at its end is run all the same, and fails with the language's own
    // words.
    return got == LineInput::Got::end && !code.empty() && block ? LineInput::Got::line : got;
  }

  void run(const std::string& code) {
    StartRun request;
    request.mode = RunMode::query;
    request.lang = lang_;
    request.ctx = ctx_;
    request.code = code;
    if (!lines_.is_terminal()) request.input = Stdin::none;  // stdin is the code
    std::unique_ptr<View> view;
    if (surface_.common.json)
      view = std::make_unique<JsonView>(surface_.writer);
    else
      view = std::make_unique<PlainView>(surface_.writer, true);
    InputFeed input(lines_.is_terminal() ? InputFeed::Source::terminal : InputFeed::Source::none, 0,
                    false);
    const std::string name = fresh_run_name();
    try {
      Follower follower(session_, surface_.signals, surface_.writer, *view, input);
      const auto ending = follower.run(std::move(request), name);
      last_code_ = ending.exit_code();
      if (ending.signal != 0) throw Failure("stopped by a signal.", last_code_);
      if (ending.finished && !ending.finished->open) session_.ask(Forget{name});
    } catch (const Refusal& refusal) {
      if (!lines_.is_terminal()) throw;
      surface_.writer.say(refusal.what());
    }
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
      ctx_ = name;
    else if (word == ":lang" || word == ":ctx")
      surface_.writer.say(word + " wants a name behind it.");
    else
      surface_.writer.say("there is no " + word + "; :help lists what there is.");
    return true;
  }

  void reset() {
    const Message message = session_.ask(ResetContext{lang_, ctx_});
    const auto reply = decode_reply<ContextReply>(message.head(), message.body());
    if (!reply) surface_.writer.say(reply.error().message);
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
    lang_ = name;
  }

  Session& session_;
  const Surface& surface_;
  LineInput lines_;
  std::string lang_;
  std::string ctx_;
  int last_code_ = 0;
};

}  // namespace

int execute(const ReplOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::start_one);
  return Repl(link.session(), options, surface).converse();
}

}  // namespace quern
