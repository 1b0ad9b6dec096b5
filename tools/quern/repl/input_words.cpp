// SPDX-License-Identifier: Apache-2.0
// :load, :edit, :time, :batch: inputs that come from elsewhere or run otherwise.
#include "colon_words.hpp"
#include "failure.hpp"
#include "local_file.hpp"
#include "native_text.hpp"
#include "outside_editor.hpp"
#include "repl.hpp"
#include "table.hpp"
#include "temp_folder.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace quern {
namespace {

namespace fs = std::filesystem;

std::string text_of_file(const std::string& path) {
  if (path == "-") throw Failure("what is typed here is no file; name one.");
  std::error_code ignored;  // what cannot be looked at is told when it is opened
  if (fs::is_directory(path, ignored)) throw Failure(path + " is a folder; name a file in it.");
  LocalSource source(path);
  std::string text = source.read(max_body + 1);
  if (text.size() > max_body)
    throw Failure(path + " has more than 64 MiB, which is all that one input carries.");
  if (text.find('\0') != std::string::npos || native::first_invalid_utf8(text))
    throw Failure(path + " is no text in UTF-8, so it cannot be code.");
  return text;
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

std::string with_newline(std::string text) {
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::string last_input(const Repl& repl) {
  const auto& cells = repl.transcript().cells();
  return cells.empty() ? "" : with_newline(cells.back().code);
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) throw Failure(path.string() + " cannot be written; is the disk full?");
}

// The ending of a file is a language where the daemon knows it as a name or an alias, and only
// there.
std::string language_of(Repl& repl, const std::string& path) {
  std::string ending = fs::path(path).extension().string();
  if (ending.size() < 2) return repl.place().lang;
  ending.erase(0, 1);
  const Message message = repl.session().ask(Check{ending, "main", ""});
  const auto reply = decode_reply<CheckReply>(message.head(), message.body());
  const bool unknown = !reply && reply.error().code == ErrorCode::unknown_language;
  return unknown ? repl.place().lang : ending;
}

std::string seconds(milliseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f s", static_cast<double>(time.count()) / 1000);
  return text;
}

}  // namespace

void obey_load(Repl& repl, const std::string& rest) {
  const std::string path = local_path(only_word(rest, "the name of a file"));
  const std::string code = text_of_file(path);
  if (is_blank(code)) throw Failure(path + " is empty, so there is nothing to run.");
  repl.run(code);
}

void obey_edit(Repl& repl, const std::string& rest) {
  if (!repl.is_at_terminal()) throw Failure(":edit needs a terminal.");
  const TempFolder folder;
  fs::path path = folder.path() / ("input." + repl.place().lang);
  if (rest.empty())
    write_file(path, last_input(repl));
  else
    path = local_path(only_word(rest, "the name of one file"));
  std::error_code not_there;
  const auto before = fs::last_write_time(path, not_there);
  Session& session = repl.session();
  const auto trouble = edit_file_outside(path, [&session] { session.keep_alive(); });
  session.keep_alive();
  if (const auto number = repl.surface().signals.next_but_keys()) return repl.stop(*number);
  if (trouble) throw Failure(trouble->message);
  std::error_code gone;
  const auto after = fs::last_write_time(path, gone);
  if (gone || (!not_there && after == before))
    throw Failure("nothing was saved, so nothing is run.");
  const std::string code = text_of_file(path);
  if (is_blank(code)) throw Failure("what was saved is empty, so there is nothing to run.");
  repl.writer().out(with_newline(code));
  repl.run(code);
}

void obey_time(Repl& repl, const std::string& rest) {
  if (rest.empty()) throw Failure(":time wants code behind it, such as :time 1 + 1.");
  const auto finished = repl.run(rest);
  if (!finished) return;
  const Usage& usage = finished->usage;
  if (!repl.writer().at_line_start()) repl.writer().out("\n");
  repl.writer().out(seconds(usage.wall) + " on the clock, " + seconds(usage.cpu) +
                    " of processor, at most " + readable_size(usage.max_rss) + " of memory.\n");
}

void obey_batch(Repl& repl, const std::string& rest) {
  if (rest.empty()) {
    repl.program_next = true;
    if (repl.is_at_terminal())
      repl.writer().out("The next input is run as a program of its own.\n");
    return;
  }
  const std::string path = local_path(only_word(rest, "the name of a file"));
  const std::string code = text_of_file(path);
  repl.run_program(code, fs::path(path).filename().string(), language_of(repl, path));
}

}  // namespace quern
