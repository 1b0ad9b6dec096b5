// SPDX-License-Identifier: Apache-2.0
// What a line that begins with a colon can say: one table, and a function a word, in a file a
// topic.
//
// Each gets what stands behind its name. What it cannot do it throws as a Failure; the prompt tells
// it and goes on.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class Repl;

struct ColonWord {
  std::string_view name;  // with its colon
  std::string_view arguments;
  std::string_view summary;
  std::string_view more;  // for :help NAME
  void (*obey)(Repl& repl, const std::string& rest);
};

std::span<const ColonWord> colon_words();
// By its name or the beginning of no other's. Throws Failure, which says what was probably meant.
const ColonWord& find_colon_word(const std::string& name);

// What stands behind a name, in words: blanks part them, quotes and backslashes keep them together.
std::vector<std::string> words_in(const std::string& rest);
// The one word that there must be. `what` says in the Failure what is wanted.
std::string only_word(const std::string& rest, const std::string& what);
// A name of a file on our side: ~/ is the home.
std::string local_path(const std::string& word);

// place_words.cpp
void obey_lang(Repl& repl, const std::string& rest);
void obey_ctx(Repl& repl, const std::string& rest);
void obey_reset(Repl& repl, const std::string& rest);
void obey_env(Repl& repl, const std::string& rest);
void obey_limit(Repl& repl, const std::string& rest);
// input_words.cpp
void obey_load(Repl& repl, const std::string& rest);
void obey_edit(Repl& repl, const std::string& rest);
void obey_time(Repl& repl, const std::string& rest);
void obey_batch(Repl& repl, const std::string& rest);
// run_words.cpp
void obey_runs(Repl& repl, const std::string& rest);
void obey_attach(Repl& repl, const std::string& rest);
void obey_interrupt(Repl& repl, const std::string& rest);
void obey_kill(Repl& repl, const std::string& rest);
// file_words.cpp
void obey_put(Repl& repl, const std::string& rest);
void obey_get(Repl& repl, const std::string& rest);
// note_words.cpp
void obey_history(Repl& repl, const std::string& rest);
void obey_save(Repl& repl, const std::string& rest);
// own_words.cpp
void obey_help(Repl& repl, const std::string& rest);
void obey_doc(Repl& repl, const std::string& rest);
void obey_keys(Repl& repl, const std::string& rest);
void obey_quit(Repl& repl, const std::string& rest);

}  // namespace quern
