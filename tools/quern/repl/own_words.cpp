// SPDX-License-Identifier: Apache-2.0
// :help, :doc, :keys, :quit.
#include "colon_words.hpp"
#include "failure.hpp"
#include "repl.hpp"

#include <algorithm>

namespace quern {
namespace {

constexpr std::string_view keys =
    "\n"
    "Enter runs what is whole and goes on with what is not; Alt-Enter always parts a line.\n"
    "Tab completes. Up and Down look through what was entered before: all that begins as the\n"
    "line does. Ctrl-R searches it. A leading blank keeps an input out of it.\n"
    "Ctrl-C clears the input, or interrupts what runs; a second one within a second offers to\n"
    "kill it. Ctrl-Z leaves it running and gives the prompt back. Ctrl-D leaves.\n";

std::string head_of(const ColonWord& word) {
  return std::string(word.name) + (word.arguments.empty() ? "" : " ") + std::string(word.arguments);
}

std::string all_words() {
  std::size_t width = 0;
  for (const ColonWord& word : colon_words()) width = std::max(width, head_of(word).size());
  std::string text;
  for (const ColonWord& word : colon_words()) {
    const std::string head = head_of(word);
    text += head + std::string(width + 2 - head.size(), ' ') + std::string(word.summary) + "\n";
  }
  return text;
}

}  // namespace

void obey_help(Repl& repl, const std::string& rest) {
  if (rest.empty()) return repl.writer().out(all_words() + std::string(keys));
  std::string name = only_word(rest, "one name");
  if (!name.starts_with(':')) name = ":" + name;
  const ColonWord& word = find_colon_word(name);
  repl.writer().out(head_of(word) + "  " + std::string(word.summary) + "\n" +
                    std::string(word.more) + "\n");
}

void obey_doc(Repl& repl, const std::string& rest) {
  if (rest.empty()) throw Failure(":doc wants a name behind it.");
  repl.session();
  const bool in_full = rest.ends_with('?');
  const std::string name = in_full ? rest.substr(0, rest.size() - 1) : rest;
  const auto reply = repl.adviser().inspect(repl.place(), name, in_full);
  if (!reply) throw Failure(reply.error().message);
  const auto text = reply->data.find("text/plain");
  if (!reply->found || text == reply->data.end())
    throw Failure("nothing is known of " + name + ".");
  repl.writer().out(text->second);
  if (!repl.writer().at_line_start()) repl.writer().out("\n");
}

void obey_keys(Repl& repl, const std::string& rest) { repl.choose_keys(rest); }

void obey_quit(Repl& repl, const std::string& rest) {
  if (!rest.empty()) throw Failure(":quit takes nothing behind it.");
  repl.quit();
}

}  // namespace quern
