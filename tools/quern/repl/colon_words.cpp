// SPDX-License-Identifier: Apache-2.0
#include "colon_words.hpp"

#include "failure.hpp"
#include "nearest.hpp"

#include <array>
#include <cstdlib>

namespace quern {
namespace {

constexpr std::array words = {
    ColonWord{":help", "[NAME]", "this list, or more on one of it", "Example: :help save",
              obey_help},
    ColonWord{
        ":lang", "[NAME]", "go on in another language; alone: which there are",
        "Every context stays as it is: whoever comes back finds what he left. In each language\n"
        "the context is the one where you were last.\nExample: :lang bash",
        obey_lang},
    ColonWord{":ctx", "[NAME]", "go on in another context; alone: which there are",
              "A context has an interpreter and a state of its own; a new name makes one.\n"
              "Example: :ctx scratch",
              obey_ctx},
    ColonWord{
        ":reset", "", "a fresh interpreter for this context",
        "What it knew is lost, and what still runs in it ends. Variables of :env hold in the\n"
        "new one.",
        obey_reset},
    ColonWord{
        ":load", "FILE", "run what stands in a file",
        "It runs in this context, whatever the file's name ends in, as if it were entered here.\n"
        "Example: :load ~/functions.py",
        obey_load},
    ColonWord{":edit", "[FILE]", "write in your editor and run what was saved",
              "The editor is $VISUAL, else $EDITOR, else vi. Without FILE it begins with the last\n"
              "input; what is left without saving is not run.",
              obey_edit},
    ColonWord{":time", "CODE", "run it and tell how long it took",
              "Time on the clock, time on the processor, and the most memory that was in use.\n"
              "Example: :time sum(range(10**7))",
              obey_time},
    ColonWord{
        ":batch", "[FILE]", "run a file, or the next input, as a program",
        "A program is built and run by itself: it knows nothing of the contexts, nor they of\n"
        "it. The ending of FILE says the language where the daemon knows it.\n"
        "Example: :batch main.c",
        obey_batch},
    ColonWord{":env", "[NAME=VALUE]", "set a variable; alone: which are set",
              "For contexts that are opened from now on (:ctx NEW, or :reset) and for programs of\n"
              ":batch; an open context keeps what it was made with.\nExample: :env TZ=UTC",
              obey_env},
    ColonWord{
        ":limit", "[KEY=VALUE...]", "limit what is run; alone: which limits hold",
        "For every input and program from now on. Keys: wall, cpu (10s, 500ms), memory, output,\n"
        "fsize (64M), processes. KEY=none lifts one again.\n"
        "Example: :limit wall=10s memory=512M",
        obey_limit},
    ColonWord{":runs", "", "what runs and what was left with Ctrl-Z",
              "A number is that of the input; runs of others have their name alone.", obey_runs},
    ColonWord{
        ":attach", "[RUN]", "come back to a run that was left",
        "What it said meanwhile comes first, nothing is lost or shown twice. RUN is a number\n"
        "or a name of :runs, or how a name begins; alone: the one that was left last.",
        obey_attach},
    ColonWord{":interrupt", "[RUN]", "interrupt a run that was left",
              "As Ctrl-C does with the one that is followed. Its context stays where it can.",
              obey_interrupt},
    ColonWord{":kill", "[RUN]", "kill a run that was left",
              "Its context is lost with it; the next input there begins with a fresh one.",
              obey_kill},
    ColonWord{
        ":put", "LOCAL [REMOTE]", "copy a file to where the programs run",
        "Without REMOTE it has the same name there, in the daemon's work dir. What ends in /\n"
        "is a folder.\nExample: :put data.csv inputs/",
        obey_put},
    ColonWord{":get", "REMOTE [LOCAL]", "copy a file from where the programs run",
              "Without LOCAL it gets the same name here.\nExample: :get plot.png", obey_get},
    ColonWord{":history", "[TEXT]", "what was entered in this session",
              "With TEXT only what has it in it. Up and Ctrl-R reach earlier sessions too.",
              obey_history},
    ColonWord{":save", "[-f] FILE", "save this session as source, .md or .ipynb",
              "A file that ends in .md is Markdown and one in .ipynb a notebook for Jupyter, both\n"
              "with what came of each input; any other gets the inputs in this language alone.\n"
              "What is there already is replaced with -f only.\nExample: :save session.ipynb",
              obey_save},
    ColonWord{":doc", "NAME", "what the interpreter knows of a name",
              "NAME? asks the same, NAME?? for its source too.\nExample: :doc len", obey_doc},
    ColonWord{":keys", "NAME", "vi's or emacs' keys, from now on",
              "For this and later times.\nExample: :keys vi", obey_keys},
    ColonWord{":quit", "", "leave, as Ctrl-D does",
              "It asks first where a run would be lost by it.", obey_quit},
};

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + std::string(names[i]);
  return text;
}

}  // namespace

std::span<const ColonWord> colon_words() { return words; }

const ColonWord& find_colon_word(const std::string& name) {
  std::vector<std::string_view> names, begun;
  for (const ColonWord& word : words) {
    if (word.name == name) return word;
    names.push_back(word.name);
    if (word.name.starts_with(name)) begun.push_back(word.name);
  }
  if (begun.size() == 1) return find_colon_word(std::string(begun.front()));
  if (begun.size() > 1) throw Failure(name + " may be " + joined(begun) + "; write it out.");
  const std::string_view meant = nearest(name, names);
  throw Failure(
      "there is no " + name + "; " +
      (meant.empty() ? ":help lists what there is." : "did you mean " + std::string(meant) + "?"));
}

std::vector<std::string> words_in(const std::string& rest) {
  std::vector<std::string> found;
  bool within = false;
  char quote = '\0';
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n';
    if (quote == '\0' && blank) {
      within = false;
      continue;
    }
    if (!within) found.emplace_back();
    within = true;
    if (c == quote)
      quote = '\0';
    else if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
    else if (c == '\\' && quote != '\'' && i + 1 < rest.size())
      found.back() += rest[++i];
    else
      found.back() += c;
  }
  if (quote != '\0') throw Failure(std::string("the quote ") + quote + " is not closed.");
  return found;
}

std::string only_word(const std::string& rest, const std::string& what) {
  const std::vector<std::string> found = words_in(rest);
  if (found.empty()) throw Failure("it wants " + what + " behind it.");
  if (found.size() > 1)
    throw Failure("it wants " + what + " alone; put a name with blanks in quotes.");
  return found.front();
}

std::string local_path(const std::string& word) {
  const char* home = std::getenv("HOME");
  if (!home || (word != "~" && !word.starts_with("~/"))) return word;
  return home + word.substr(1);
}

}  // namespace quern
