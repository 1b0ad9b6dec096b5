// SPDX-License-Identifier: Apache-2.0
#include "definition.hpp"

#include "amounts.hpp"
#include "wrapped.hpp"

namespace quern {
namespace {

// Options with what they mean beside them, within the same bounds as all the rest.
class Layout : public CLI::Formatter {
 public:
  Layout() { column_width(names); }
  std::string make_option_desc(const CLI::Option* option) const override {
    return wrapped(CLI::Formatter::make_option_desc(option), help_columns - names);
  }

 private:
  static constexpr std::size_t names = 28;
};

}  // namespace

Definition::Definition(const char* name, const char* what, Common& common)
    : app(what, std::string("quern ") + name), common_(common) {
  app.formatter(std::make_shared<Layout>());
  app.add_flag("--json", common_.json, "Everything as JSON, one object a line");
}

void Definition::reaches_a_daemon() {
  app.add_option("--endpoint", common_.endpoint,
                 "The daemon to talk to, as tcp://HOST:PORT or ipc://PATH (QUERN_ENDPOINT)");
  app.add_option("--server-key", common_.server_key,
                 "The daemon's public key, or a file with it (QUERN_SERVER_KEY)");
  app.add_option("--secret-key", common_.secret_key,
                 "The file with our own key; quern keygen makes one (QUERN_SECRET_KEY)");
}

void Definition::says(const HelpWords& words) {
  std::string text = words.more.empty() ? "" : words.more + "\n\n";
  text += "Exit codes: " + (words.exit_codes.empty() ? "0 when it is done" : words.exit_codes) +
          "; 125 when quern itself failed (no daemon, a bad request, a lost connection); 141 when "
          "nobody reads quern's output.\n";
  text += "With --json: " + words.json + ".\n\n";
  const std::string indent(10, ' ');
  for (std::size_t i = 0; i < words.examples.size(); ++i)
    text += (i > 0                       ? indent
             : words.examples.size() > 1 ? "Examples: "
                                         : "Example: ") +
            words.examples[i] + (i + 1 < words.examples.size() ? "\n" : "");
  says_in_full(text);
}

void Definition::says_in_full(const std::string& text) { app.footer(wrapped(text, help_columns)); }

void Definition::names_run(std::string& run) {
  app.add_option("RUN", run, "The run's name (quern ps lists them)")->required();
}

void Definition::names_context(std::string& lang, std::string& ctx) {
  app.add_option("LANG", lang, "The language")->required();
  app.add_option("CTX", ctx, "The context")->capture_default_str();
}

void Definition::takes_surroundings(std::vector<std::string>& limits, std::vector<std::string>& env,
                                    std::string& cwd) {
  app.add_option("--limit", limits, limits_in_words)->allow_extra_args(false);
  app.add_option("--env", env, "A variable, as NAME=VALUE; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--cwd", cwd, "The folder it works in");
}

}  // namespace quern
