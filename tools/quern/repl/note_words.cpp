// SPDX-License-Identifier: Apache-2.0
// :history and :save: what was entered, to be read again or kept.
#include "colon_words.hpp"
#include "failure.hpp"
#include "local_file.hpp"
#include "repl.hpp"
#include "saving.hpp"

#include <algorithm>
#include <filesystem>

namespace quern {
namespace {

namespace fs = std::filesystem;

// Its further lines stand below its first.
std::string numbered(const Cell& cell, const std::string& where) {
  std::string head = std::to_string(cell.number);
  head = std::string(head.size() < 4 ? 4 - head.size() : 0, ' ') + head + "  " + where;
  std::string text = head;
  for (const char c : cell.code) {
    text += c;
    if (c == '\n') text += std::string(head.size(), ' ');
  }
  return text + "\n";
}

std::string title_of_language(Repl& repl, const std::string& lang) {
  for (const LanguageInfo& language : repl.session().daemon().languages)
    if (language.name == lang) return language.title;
  return lang;
}

std::string content_for(Repl& repl, const std::string& path) {
  const auto& cells = repl.transcript().cells();
  const std::string& lang = repl.place().lang;
  if (path.ends_with(".ipynb")) return as_notebook(cells, lang, title_of_language(repl, lang));
  if (path.ends_with(".md")) return as_markdown(cells);
  const std::string source = as_source(cells, lang);
  if (source.empty())
    throw Failure("nothing was entered in " + lang + "; a file of source is of one language.");
  return source;
}

}  // namespace

void obey_history(Repl& repl, const std::string& rest) {
  const auto& cells = repl.transcript().cells();
  bool several = false;
  for (const Cell& cell : cells) several = several || cell.place != cells.front().place;
  std::string text;
  for (const Cell& cell : cells) {
    if (cell.code.find(rest) == std::string::npos) continue;
    const Place& at = cell.place;
    const std::string where = at.lang + (at.ctx == "main" ? "" : ":" + at.ctx) + "  ";
    text += numbered(cell, several ? where : "");
  }
  if (cells.empty()) throw Failure("nothing was entered yet in this session.");
  if (text.empty()) throw Failure("no input of this session has \"" + rest + "\" in it.");
  repl.writer().out(text);
}

void obey_save(Repl& repl, const std::string& rest) {
  std::vector<std::string> words = words_in(rest);
  const auto flag = std::find(words.begin(), words.end(), "-f");
  const bool replace = flag != words.end();
  if (replace) words.erase(flag);
  if (words.size() != 1)
    throw Failure("write :save FILE; its ending (.md, .ipynb or another) says what it becomes.");
  const std::string path = local_path(words.front());
  if (repl.transcript().cells().empty())
    throw Failure("nothing was entered yet, so there is nothing to save.");
  std::error_code ignored;  // what cannot be looked at cannot be written either, and that is told
  if (fs::is_directory(path, ignored)) throw Failure(path + " is a folder; name a file in it.");
  const bool ours = std::find(repl.saved.begin(), repl.saved.end(), path) != repl.saved.end();
  if (fs::exists(path, ignored) && !ours && !replace)
    throw Failure(path + " is there already; :save -f " + words.front() + " replaces it.");
  LocalTarget target(path, 0666);
  target.write(content_for(repl, path));
  target.keep();
  if (!ours) repl.saved.push_back(path);
  if (repl.is_at_terminal()) repl.writer().out("Saved as " + path + ".\n");
}

}  // namespace quern
