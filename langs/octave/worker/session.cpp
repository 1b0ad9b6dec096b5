// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <octave/version.h>
#include <stdio_ext.h>
#include <unistd.h>

#include <iostream>

#include "figures.hpp"
#include "functions.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "surroundings.hpp"

namespace quern {
namespace {

Session* the_session;

// As long as it lives, what is displayed goes into that text.
class Wanted {
 public:
  Wanted(std::string*& slot, std::string* text) : slot_(slot) { slot_ = text; }
  ~Wanted() { slot_ = nullptr; }
  Wanted(const Wanted&) = delete;
  Wanted& operator=(const Wanted&) = delete;

 private:
  std::string*& slot_;
};

std::string without_last_newlines(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

Session& Session::current() { return *the_session; }

Session::Session() {
  the_session = this;
  output::setup();
  octave_->initialize_history(false);
  octave_->interactive(false);
  octave_->inhibit_startup_message(true);
  octave_->read_site_files(false);
  octave_->read_init_files(false);
  octave_->initialize();
  octave_->feval("page_screen_output", ovl(false));
  octave_->feval("page_output_immediately", ovl(true));
  octave_->feval("crash_dumps_octave_core", ovl(false));
  functions::install(*octave_);
  figures::setup(*octave_);
  interrupt::setup(octave_->get_evaluator());
}

void Session::settle(const std::string& folder) {
  interrupt::setup(octave_->get_evaluator());
  for (const char* generator : {"rand", "randn", "rande", "randg", "randp"})
    octave_->feval(generator, ovl("twister", "reset"));
  if (!folder.empty()) octave_->chdir(folder);
}

void Session::speak(Channel& channel) {
  channel_ = &channel;
  send(Frame("ready")
           .attribute("version", version())
           .text("title", std::string("GNU Octave ") + version()));
}

const char* Session::version() const { return OCTAVE_VERSION; }

void Session::flush() {
  octave::flush_stdout();
  output::flush();
  std::cerr.flush();
  fflush(stdout);
  fflush(stderr);
}

void Session::close() {
  octave_.reset();
  output::flush();
  fflush(nullptr);
}

void Session::send(const Frame& frame) {
  flush();
  channel_->send(frame);
}

octave_value_list Session::arguments() const {
  octave_value_list list;
  for (const std::string& argument : arguments_) list.append(octave_value(argument));
  return list;
}

void Session::run(const Request& request) {
  ++number_;
  may_ask_ = !request.is("stdin", "none");
  if (const std::string* packed = request.part("argv")) {
    arguments_.clear();
    for (size_t at = 0; at < packed->size(); at += arguments_.back().size() + 1)
      arguments_.emplace_back(packed->c_str() + at);
    octave_->intern_nargin(static_cast<octave_idx_type>(arguments_.size()));
  }
  const pid_t own = getpid();
  Ending ending;
  {
    const Surroundings surroundings(request);
    ending = execute(request);
    flush();
  }
  if (getpid() != own)
    _exit(ending.exit.value_or(ending.status != "ok"));  // a process that the snippet has forked
  drop_input();
  Frame done("done");
  done.attribute("status", ending.status);
  if (ending.exit) done.attribute("exit", std::to_string(*ending.exit));
  send(done);
}

void Session::drop_input() {
  __fpurge(stdin);
  clearerr(stdin);
  std::cin.clear();
  octave_->feval("fclear", ovl(0));
}

Session::Ending Session::execute(const Request& request) {
  Snippet snippet;
  Ending ending = {"error", std::nullopt};
  interrupt::begin();
  try {
    snippet = parse(*octave_, request.code());
    for (const auto& [name, line] : snippet.functions) functions_[name] = line;
    evaluate(snippet, request.is("silent", "1"));
    figures::show(*this);
    ending.status = "ok";
  } catch (const ParseError& failure) {
    fail(failure);
  } catch (const octave::interrupt_exception&) {
    interrupted();
    ending.status = "interrupted";
  } catch (const octave::exit_exception& leaving) {
    const int code = leaving.exit_status() & 255;
    if (leaving.safe_to_return()) functions::end_now(code);
    ending = {code == 0 ? "ok" : "error", code};
    octave_->recover_from_exception();
  } catch (const octave::execution_exception& failure) {
    if (interrupt::pending()) {
      interrupted();
      ending.status = "interrupted";
    } else {
      fail(failure, snippet);
    }
  } catch (const std::bad_alloc&) {
    fail(octave::execution_exception("error", "Octave:out-of-memory", "out of memory"), snippet);
  }
  interrupt::end();
  return ending;
}

void Session::evaluate(const Snippet& snippet, bool silent) {
  octave::tree_evaluator& evaluator = octave_->get_evaluator();
  std::string shown;
  for (octave::tree_statement* statement : snippet.statements) {
    const bool last = statement == snippet.statements.back();
    octave_quit();
    const Wanted wanted(shown_, last && statement->is_expression() ? &shown : nullptr);
    evaluator.visit_statement(*statement);
    if (evaluator.returning() || evaluator.breaking() || evaluator.continuing()) break;
  }
  octave_quit();  // what ended the last one may have been an interrupt
  evaluator.returning(0);
  evaluator.breaking(0);
  evaluator.continuing(0);
  if (shown.empty() || silent) return;
  send(Frame("result").text("text/plain", without_last_newlines(shown)));
}

// -- failures

std::string Session::place(int line) {
  return line > 0 ? " line=" + std::to_string(line) : std::string();
}

void Session::fail(const ParseError& failure) {
  Frame frame("error kind=compile" + place(failure.line));
  frame.text("name", "parse error").text("message", failure.message);
  for (const std::string& line : failure.traceback) frame.text("traceback", line);
  send(frame);
}

void Session::fail(const octave::execution_exception& failure, const Snippet& snippet) {
  int line = octave_->get_evaluator().get_call_stack().current_line();
  std::vector<std::string> frames;
  bool found = false;
  for (const octave::frame_info& frame : failure.stack_info()) {
    const auto known =
        frame.file_name().empty() ? functions_.find(frame.fcn_name()) : functions_.end();
    const int at = frame.line() + (known == functions_.end() ? 0 : known->second - 1);
    if (!found && known != functions_.end() && snippet.functions.contains(frame.fcn_name())) {
      line = at;
      found = true;
    }
    std::string text = "    " + frame.fcn_name();
    if (frame.line() > 0)
      text += " at line " + std::to_string(at) + " column " + std::to_string(frame.column());
    frames.push_back(text);
  }
  octave_->get_error_system().save_exception(failure);  // for lasterr
  octave_->recover_from_exception();
  const std::string name = failure.identifier().empty() ? "error" : failure.identifier();
  Frame frame("error kind=runtime" + place(line));
  frame.text("name", name)
      .text("message", failure.message())
      .text("file", "snippet " + std::to_string(number_));
  std::string text = "error: " + failure.message();
  for (size_t from = 0, to; from <= text.size(); from = to + 1) {
    to = std::min(text.find('\n', from), text.size());
    frame.text("traceback", text.substr(from, to - from));
  }
  if (!frames.empty()) frame.text("traceback", "error: called from");
  for (const std::string& one : frames) frame.text("traceback", one);
  send(frame);
}

void Session::interrupted() {
  const int line = octave_->get_evaluator().get_call_stack().current_line();
  octave_->recover_from_exception();
  send(Frame("error kind=runtime" + place(line))
           .text("name", "Interrupted")
           .text("message", "interrupted by SIGINT")
           .text("traceback", "interrupted by SIGINT"));
}

}  // namespace quern
