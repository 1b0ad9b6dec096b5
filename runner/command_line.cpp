// SPDX-License-Identifier: Apache-2.0
#include "command_line.hpp"

#include "nearest.hpp"

#include <algorithm>

namespace quern {

CommandLine::CommandLine()
    : app_("quernd runs code for agents: batch and query, over ZeroMQ.", "quernd") {
  app_.add_option("--config", file_, "Read this TOML file first (or QUERND_CONFIG)")
      ->type_name("FILE");
  for (const Option& option : options()) add(option);
  app_.add_flag("--check-config", check_, "Say what is wrong with the configuration, or ok");
  app_.add_flag("--version", version_, "Print the version and leave");
  healthcheck_ = app_.add_subcommand(
      "healthcheck", "Exit with 0 if the daemon of this configuration answers, else with 1");
  healthcheck_->fallthrough();
  app_.footer(
      "Every option may also be given as a variable, QUERND_ENDPOINT, QUERND_LANGS, ..., or in\n"
      "the file of --config. Flags go before variables, and those before the file.\n"
      "Example: quernd --endpoint ipc:///run/quern/quern.sock --warm python");
}

std::optional<Leave> CommandLine::parse(int argc, char** argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Leave{0, app_.help()};
  } catch (const CLI::ParseError& error) {
    return Leave{2, "quernd: " + sentence_of(error) + "\n"};
  }
  if (version_) return Leave{0, std::string("quernd ") + QUERN_VERSION + "\n"};
  return std::nullopt;
}

std::string CommandLine::sentence_of(const CLI::ParseError& error) const {
  const std::string text = error.what();
  const std::vector<std::string> surplus = app_.remaining(true);
  if (!dynamic_cast<const CLI::ExtrasError*>(&error) || surplus.empty())
    return text + "; see quernd --help.";
  const auto option = std::find_if(surplus.begin(), surplus.end(),
                                   [](const std::string& word) { return word.starts_with('-'); });
  if (option == surplus.end())
    return "there is no place for \"" + surplus.front() + "\"; see quernd --help.";
  const std::string name = option->substr(0, option->find('='));
  std::vector<std::string> known;
  for (const CLI::Option* one : app_.get_options())
    for (const std::string& word : one->get_lnames()) known.push_back("--" + word);
  const std::string_view meant = nearest(name, known);
  return "there is no option \"" + name + "\"" +
         (meant.empty() ? std::string("; see quernd --help.")
                        : "; did you mean \"" + std::string(meant) + "\"?");
}

Task CommandLine::task() const {
  if (healthcheck_->parsed()) return Task::healthcheck;
  return check_ ? Task::check_config : Task::serve;
}

ConfigSource CommandLine::source() const {
  ConfigSource source;
  for (const auto& [option, texts] : words_) {
    for (const std::string& text : texts) source.given[option].push_back({text, option->flag()});
  }
  for (const auto& [option, on] : flags_) {
    if (on) source.given[option].push_back({"true", option->flag()});
  }
  return source;
}

void CommandLine::add(const Option& option) {
  const std::string flag = option.flag();
  const std::string help(option.help);
  if (option.kind == Option::Kind::flag) {
    app_.add_flag(flag, flags_[&option], help);
    return;
  }
  CLI::Option* added =
      app_.add_option(flag, words_[&option], help)->type_name(std::string(option.type));
  if (option.several()) {
    added->delimiter(',')->allow_extra_args(false);
  } else {
    added->expected(1);
  }
}

}  // namespace quern
