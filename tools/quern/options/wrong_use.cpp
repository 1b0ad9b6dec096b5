// SPDX-License-Identifier: Apache-2.0
#include "wrong_use.hpp"

#include "command_table.hpp"
#include "nearest.hpp"

#include <algorithm>

namespace quern {
namespace {

std::string did_you_mean(std::string_view meant) {
  return "; did you mean \"" + std::string(meant) + "\"?";
}

std::string see_help(const CLI::App& command) { return "see " + command.get_name() + " --help"; }

// The command as it goes: `quern signal RUN SIGNAL`.
std::string usage_of(const CLI::App& command) {
  std::string usage = command.get_name();
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    const std::string name = option->get_name(true);
    const std::string more = option->get_items_expected_max() > 1 ? " ..." : "";
    usage += option->get_required() ? " " + name + more : " [" + name + more + "]";
  }
  return usage;
}

std::string as_it_goes(const CLI::App& command) {
  return "; it goes: " + usage_of(command) + " (" + see_help(command) + ").";
}

std::vector<std::string> option_words(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  return words;
}

// What a sentence of the parser's begins with: the name of the option.
std::string subject_of(const std::string& sentence, std::string_view end) {
  return sentence.substr(0, sentence.find(end));
}

std::string sentence_about(const CLI::App& command, const CLI::ParseError& wrong) {
  std::string text = wrong.what();
  if (dynamic_cast<const CLI::RequiredError*>(&wrong))
    return subject_of(text, " is required") + " is missing" + as_it_goes(command);
  if (dynamic_cast<const CLI::ExtrasError*>(&wrong)) {
    const std::vector<std::string> surplus = command.remaining();
    const std::string word = surplus.empty() ? "" : surplus.front();
    return "there is no place for \"" + word + "\"" + as_it_goes(command);
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&wrong))
    return subject_of(text, ":") + " wants a value behind it; " + see_help(command) + ".";
  constexpr std::string_view unconverted = "Could not convert: ";
  if (text.starts_with(unconverted)) {
    text.erase(0, unconverted.size());
    const std::string name = subject_of(text, " = ");
    return name + " wants a number, and \"" + text.substr(std::min(text.size(), name.size() + 3)) +
           "\" is none; " + see_help(command) + ".";
  }
  return text + "; " + see_help(command) + ".";
}

}  // namespace

Failure no_such_command(std::string_view word) {
  const std::string_view meant = nearest(word, command_names());
  return Failure("there is no command \"" + std::string(word) + "\"" +
                 (meant.empty() ? "; quern --help lists them." : did_you_mean(meant)));
}

Failure command_behind(const std::vector<std::string>& words) {
  const auto named = std::find_if(words.begin(), words.end(),
                                  [](const std::string& word) { return find_command(word); });
  const std::string command = named == words.end() ? "run" : *named;
  return Failure("the command comes first, its options behind it: quern " + command + " " +
                 words.front() + " …; see quern --help.");
}

Failure no_such_option(const CLI::App& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const std::vector<std::string> known = option_words(command);
  const std::string_view meant = name.starts_with("--") ? nearest(name, known) : std::string_view();
  std::string sentence = command.get_name() + " has no option \"" + name + "\"";
  if (!meant.empty()) return Failure(sentence + did_you_mean(meant));
  sentence += "; " + see_help(command);
  if (command.get_allow_extras()) sentence += ", and put the program's own options behind a --";
  return Failure(sentence + ".");
}

Failure wrong_use(const CLI::App& command, const CLI::ParseError& wrong) {
  if (dynamic_cast<const CLI::ExtrasError*>(&wrong))
    for (const std::string& word : command.remaining())
      if (word.starts_with('-') && word.size() > 1) return no_such_option(command, word);
  return Failure(sentence_about(command, wrong));
}

}  // namespace quern
