// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include "compiler.hpp"
#include "guard.hpp"
#include "libc.hpp"
#include "questions.hpp"
#include "streams.hpp"
#include "surroundings.hpp"

#include <clang/Basic/Version.h>

#include <charconv>
#include <unistd.h>

namespace quern {
namespace {

// A file that came with a byte order mark.
std::string without_mark(std::string code) {
  return code.starts_with("\xef\xbb\xbf") ? code.substr(3) : code;
}

std::string code_of(const Frame& request) {
  const std::string* code = request.part("code");
  return code ? *code : std::string();
}

std::size_t cursor_of(const Frame& request, std::size_t otherwise) {
  std::string digits = request.attribute("cursor");
  std::size_t cursor = otherwise;
  std::from_chars(digits.data(), digits.data() + digits.size(), cursor);
  return std::min(cursor, otherwise);
}

}  // namespace

std::string version(const Compiler&) { return CLANG_VERSION_STRING; }

std::string title(const Compiler& compiler) {
  return std::string(compiler.cpp() ? "C++" : "C") + " (clang " CLANG_VERSION_STRING ")";
}

void Session::serve() {
  send({"ready", {{"version", version(compiler_)}}, {{"title", title(compiler_)}}});
  while (auto request = channel_.read()) {
    answer(*request);
  }
}

void Session::answer(const Frame& request) {
  if (request.kind == "run") {
    run(request);
  } else if (request.kind == "complete") {
    complete(request);
  } else if (request.kind == "inspect") {
    inspect(request);
  } else if (request.kind == "check") {
    check(request);
  } else {
    done("ok");
  }
}

void Session::run(const Frame& request) {
  reap_commands();
  guard_.begin();
  if (const std::string* argv = request.part("argv")) {
    compiler_.set_arguments(*argv);
  }
  std::string code = without_mark(code_of(request));
  Verdict verdict = compiler_.judge(code);
  if (guard_.interrupted()) {
    // The last moment: what is added must be linked too, or it would be known and yet not be there.
    verdict.state = Verdict::State::interrupted;
  }
  switch (verdict.state) {
    case Verdict::State::sound: run_sound(code, request); break;
    case Verdict::State::faulty: tell_complaint(verdict.complaint); break;
    case Verdict::State::interrupted: {
      Ending ending;
      ending.kind = Ending::Kind::interrupted;
      tell_ending(ending, false, 0);
      break;
    }
    case Verdict::State::broken:
      tell_error("compile", "CompilerFailure", "the compiler itself failed on this snippet", "");
      done("error");
      break;
  }
  guard_.end();
}

void Session::run_sound(const std::string& code, const Frame& request) {
  if (!compiler_.add(code)) {
    tell_complaint(compiler_.diagnostics().complaint());
    return;
  }
  Surroundings surroundings(request);
  bool called_main = false;
  int status = 0;
  Ending ending = guard_.run([&] { called_main = compiler_.run(status); });
  leave_if_forked(ending, status);
  surroundings.leave();
  std::string value = compiler_.values().take();
  drop_input();
  if (ending.kind == Ending::Kind::interrupted) {
    end_commands();
  }
  reap_commands();
  guard_.end();
  if (ending.kind == Ending::Kind::returned && !value.empty() &&
      request.attribute("silent") != "1") {
    send({"result", {}, {{"text/plain", value}}});
  }
  tell_ending(ending, called_main, status);
}

// A child that the snippet forked and that came back here is the user's, with nobody to serve.
void Session::leave_if_forked(const Ending& ending, int status) {
  if (!guard_.at_home()) {
    flush_output();
    _exit(ending.kind == Ending::Kind::returned ? status & 0xff : 1);
  }
}

void Session::tell_ending(const Ending& ending, bool called_main, int status) {
  switch (ending.kind) {
    case Ending::Kind::returned:
      if (called_main) {
        done((status & 0xff) == 0 ? "ok" : "error", status & 0xff);
      } else {
        done("ok");
      }
      return;
    case Ending::Kind::exited: done(ending.code == 0 ? "ok" : "error", ending.code); return;
    case Ending::Kind::interrupted:
      tell_error("runtime", "Interrupted", "interrupted", "");
      done("interrupted");
      return;
    case Ending::Kind::crashed:
      tell_error("runtime", ending.name, ending.message, ending.name + ": " + ending.message);
      done("error");
      return;
    case Ending::Kind::thrown:
      tell_error("runtime", ending.name, ending.message,
                 ending.name + (ending.message.empty() ? "" : ": " + ending.message));
      done("error");
      return;
  }
}

void Session::tell_complaint(const Complaint& complaint) {
  tell_error("compile", "CompileError", complaint.message, complaint.text, complaint.line,
             complaint.column);
  done("error");
}

void Session::tell_error(const char* kind, const std::string& name, const std::string& message,
                         const std::string& text, unsigned line, unsigned column) {
  Frame frame{"error", {{"kind", kind}}, {{"name", name}, {"message", message}}};
  if (line > 0) {
    frame.attributes["line"] = std::to_string(line);
    frame.attributes["column"] = std::to_string(column);
  }
  std::string lines = text.empty() ? name + ": " + message : text;
  for (std::size_t at = 0; at < lines.size();) {
    std::size_t end = std::min(lines.find('\n', at), lines.size());
    std::string entry = lines.substr(at, end - at);
    // How the compiler was fed is nobody's concern.
    if (!entry.starts_with("In file included from <<<")) {
      frame.parts.emplace_back("traceback", entry);
    }
    at = end + 1;
  }
  send(frame);
}

void Session::done(const std::string& status, int exit) {
  Frame frame{"done", {{"status", status}}, {}};
  if (exit >= 0) {
    frame.attributes["exit"] = std::to_string(exit);
  }
  send(frame);
}

void Session::send(const Frame& frame) {
  flush_output();
  channel_.write(frame);
}

void Session::complete(const Frame& request) {
  std::string code = code_of(request);
  std::size_t cursor = cursor_of(request, code.size());
  Completion completion = quern::complete(compiler_, guard_, code, cursor);
  std::string items;
  for (const auto& [text, type] : completion.items) {
    items += text + '\t' + type + '\n';
  }
  send({"matches",
        {{"start", std::to_string(completion.start)}, {"end", std::to_string(cursor)}},
        {{"items", items.substr(0, items.empty() ? 0 : items.size() - 1)}}});
  done("ok");
}

void Session::inspect(const Frame& request) {
  std::string code = code_of(request);
  std::size_t cursor = cursor_of(request, code.size());
  auto text = quern::inspect(compiler_, guard_, code, cursor, request.attribute("detail") == "1");
  if (text) {
    send({"found", {}, {{"text/plain", *text}}});
  }
  done("ok");
}

void Session::check(const Frame& request) {
  Check check = quern::check(compiler_, without_mark(code_of(request)));
  send({"checked", {{"state", check.state}}, {{"indent", check.indent}}});
  done("ok");
}

}  // namespace quern
