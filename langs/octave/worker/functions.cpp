// SPDX-License-Identifier: Apache-2.0
#include "functions.hpp"

#include <unistd.h>

#include <iostream>
#include <sstream>

#include "interrupt.hpp"
#include "session.hpp"

namespace quern::functions {
namespace {

octave_value original_display, original_quit, original_fgetl, original_fgets, original_pause,
    original_fflush;

// A line from the run's input; nothing at its end.
std::optional<std::string> read_line() {
  std::string line;
  Session::current().flush();
  for (;;) {
    const int byte = getc(stdin);
    if (byte == '\n') return line;
    if (byte != EOF) {
      line += static_cast<char>(byte);
      continue;
    }
    const bool failed = ferror(stdin);
    clearerr(stdin);
    octave_quit();
    if (failed) continue;  // a signal that was none of ours
    if (line.empty()) return std::nullopt;
    return line;
  }
}

std::string ask(const std::string& who, const std::string& prompt) {
  Session& session = Session::current();
  if (!session.may_ask())
    error("%s: this run has no input: it was started with stdin \"none\"", who.c_str());
  octave_stdout << prompt;
  session.send(Frame("prompt password=0").text("prompt", prompt));
  struct Taken {
    ~Taken() { Session::current().send(Frame("taken")); }
  };
  std::optional<std::string> line;
  {
    const Taken taken;
    line = read_line();
  }
  if (!line) error("%s: reading user-input failed!", who.c_str());
  return *line;
}

octave_value_list input(octave::interpreter& octave, const octave_value_list& arguments,
                        int results) {
  const octave_idx_type count = arguments.length();
  if (count < 1 || count > 2) print_usage();
  const std::string prompt = arguments(0).xstring_value("input: PROMPT must be a string");
  const std::string answer = ask("input", prompt);
  if (count == 2) return ovl(answer);  // any second argument means text
  if (answer.find_first_not_of(" \t\r") == std::string::npos) return ovl(Matrix());
  int status = 0;
  return octave.eval_string(answer, true, status, results);
}

octave_value_list yes_or_no(const octave_value_list& arguments, int) {
  const std::string prompt = arguments.length() > 0
                                 ? arguments(0).xstring_value("yes_or_no: PROMPT must be a string")
                                 : "";
  for (;;) {
    const std::string answer = ask("yes_or_no", prompt + "(yes or no) ");
    if (answer == "yes" || answer == "no") return ovl(answer == "yes");
    octave_stdout << "Please answer yes or no.\n";
  }
}

// Octave's read a character beyond the line, for which a program that asks would wait in vain.
octave_value_list line_of_stdin(bool newline) {
  const std::optional<std::string> line = read_line();
  if (!line) return ovl(-1, 0);
  const std::string text = newline ? *line + "\n" : *line;
  return ovl(text, static_cast<double>(line->size() + 1));
}

bool reads_stdin(const octave_value_list& arguments) {
  return arguments.length() == 1 &&
         ((arguments(0).is_real_scalar() && arguments(0).double_value() == 0) ||
          (arguments(0).is_string() && arguments(0).string_value() == "stdin"));
}

octave_value_list fgetl(octave::interpreter& octave, const octave_value_list& arguments,
                        int results) {
  if (reads_stdin(arguments)) return line_of_stdin(false);
  return octave.feval(original_fgetl.function_value(), arguments, results);
}

octave_value_list fgets(octave::interpreter& octave, const octave_value_list& arguments,
                        int results) {
  if (reads_stdin(arguments)) return line_of_stdin(true);
  return octave.feval(original_fgets.function_value(), arguments, results);
}

octave_value_list pause(octave::interpreter& octave, const octave_value_list& arguments,
                        int results) {
  Session::current().flush();
  return octave.feval(original_pause.function_value(), arguments, results);
}

octave_value_list fflush(octave::interpreter& octave, const octave_value_list& arguments,
                         int results) {
  Session::current().flush();
  return octave.feval(original_fflush.function_value(), arguments, results);
}

octave_value_list keyboard(const octave_value_list&, int) {
  error("keyboard: there is no terminal to debug on; run the program in one");
}

octave_value_list argv(const octave_value_list&, int) {
  const octave_value_list arguments = Session::current().arguments();
  Cell cell(arguments.length(), 1);
  for (octave_idx_type i = 0; i < arguments.length(); ++i) cell(i) = arguments(i);
  return ovl(cell);
}

// With "force" it is to be the end.
octave_value_list quit(octave::interpreter& octave, const octave_value_list& arguments,
                       int results) {
  int code = 0;
  bool forced = false;
  for (octave_idx_type i = 0; i < arguments.length(); ++i) {
    if (!arguments(i).is_string())
      code = arguments(i).nint_value();
    else
      forced = forced || arguments(i).string_value() == "force";
  }
  if (forced) throw octave::exit_exception(code, true);
  return octave.feval(original_quit.function_value(), arguments, results);
}

// What the last statement itself displays, not a function that it calls, is the snippet's value.
octave_value_list display(octave::interpreter& octave, const octave_value_list& arguments,
                          int results) {
  std::string* shown = Session::current().shown();
  constexpr size_t top_and_this = 2;
  if (!shown || octave.get_evaluator().get_call_stack().size() > top_and_this) {
    return octave.feval(original_display.function_value(), arguments, results);
  }
  struct Captured {
    Captured() : kept(octave_stdout.rdbuf(text.rdbuf())) {}
    ~Captured() { octave_stdout.rdbuf(kept); }
    std::ostringstream text;
    std::streambuf* kept;
  };
  octave_stdout.flush();
  octave_value_list found;
  Captured captured;
  found = octave.feval(original_display.function_value(), arguments, results);
  *shown += captured.text.str();
  return found;
}

}  // namespace

void install(octave::interpreter& octave) {
  octave::symbol_table& table = octave.get_symbol_table();
  original_display = table.find_built_in_function("display");
  original_quit = table.find_built_in_function("quit");
  original_fgetl = table.find_built_in_function("fgetl");
  original_fgets = table.find_built_in_function("fgets");
  original_pause = table.find_built_in_function("pause");
  original_fflush = table.find_built_in_function("fflush");
  const auto put = [&](const std::string& name, auto function) {
    octave_value before = table.find_built_in_function(name);
    octave_function* known = before.is_defined() ? before.function_value() : nullptr;
    auto* made = new octave_builtin(function, name, known ? known->fcn_file_name() : "",
                                    known ? known->doc_string() : "");
    table.install_built_in_function(name, octave_value(made));
  };
  put("input", input);
  put("yes_or_no", yes_or_no);
  put("fgetl", fgetl);
  put("fgets", fgets);
  put("pause", pause);
  put("fflush", fflush);
  put("keyboard", keyboard);
  put("argv", argv);
  put("quit", quit);
  put("exit", quit);
  put("display", display);
}

void end_now(int code) {
  try {
    Session::current().close();
  } catch (...) {
    // an exit hook that fails has told so itself
  }
  _exit(code);
}

}  // namespace quern::functions
