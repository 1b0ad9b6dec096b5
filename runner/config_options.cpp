// SPDX-License-Identifier: Apache-2.0
#include "config_options.hpp"

#include "config_limits.hpp"
#include "endpoint.hpp"
#include "nearest.hpp"
#include "whole_number.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <climits>
#include <fstream>
#include <iterator>

namespace quern {

namespace {

using Kind = Option::Kind;

// Of a text that may be anything.
template <std::string Config::* Member>
std::string set_text(Config& config, const std::string& word) {
  config.*Member = word;
  return "";
}

template <std::size_t Count>
std::string one_of(const std::array<std::string_view, Count>& known, const std::string& word,
                   std::string& into) {
  if (std::find(known.begin(), known.end(), word) == known.end())
    return "`" + word + "` is not known here" + did_you_mean(word, known);
  into = word;
  return "";
}

std::string set_log_level(Config& config, const std::string& word) {
  static constexpr std::array<std::string_view, 5> levels{"debug", "info", "warn", "error", "off"};
  return one_of(levels, word, config.log_level);
}

std::string set_log_format(Config& config, const std::string& word) {
  static constexpr std::array<std::string_view, 2> formats{"text", "json"};
  return one_of(formats, word, config.log_format);
}

std::string add_endpoint(Config& config, const std::string& word) {
  config.endpoints.push_back(word);
  return endpoint_problem(word);
}

std::string add_warm(Config& config, const std::string& word) {
  constexpr std::uint64_t most = 64;
  const std::size_t equals = word.find('=');
  const auto count = equals == std::string::npos ? 1 : whole_number(word.substr(equals + 1));
  if (!count || *count > most || equals == 0)
    return "it must be LANG or LANG=N with N up to 64, not `" + word + "`";
  config.warm.emplace_back(word.substr(0, equals), *count);
  return "";
}

std::string set_ready_fd(Config& config, const std::string& word) {
  const auto number = whole_number(word);
  if (!number || *number > INT_MAX) return "`" + word + "` is no number of a descriptor";
  config.ready_fd = static_cast<int>(*number);
  return "";
}

template <bool Config::* Member>
std::string set_flag(Config& config, const std::string& word) {
  const bool yes = word == "true" || word == "1" || word == "yes" || word == "on";
  const bool no = word == "false" || word == "0" || word == "no" || word == "off";
  if (!yes && !no) return "it must be true or false, not `" + word + "`";
  config.*Member = yes;
  return "";
}

std::string set_secret_key(Config& config, const std::string& word) {
  config.keys.secret = word;
  return "";
}

std::string set_authorized_keys(Config& config, const std::string& word) {
  config.keys.authorized = word;
  return "";
}

std::string set_user(Config& config, const std::string& word) {
  std::ifstream passwd("/etc/passwd");  // where there is none, numbers serve
  const std::string known{std::istreambuf_iterator<char>(passwd), {}};
  auto found = find_account(word, known);
  if (const auto* problem = std::get_if<std::string>(&found)) return *problem;
  config.user = std::get<Account>(std::move(found));
  return "";
}

// In the order of --help.
constexpr std::array<Option, 14> table{{
    {"endpoint", "endpoints", Kind::list, "URL",
     "Where to listen: tcp://127.0.0.1:PORT or ipc:///PATH; may be given several times (default: "
     "tcp://127.0.0.1:7837)",
     add_endpoint, [](Config& config) { config.endpoints.clear(); }},
    {"langs", "langs", Kind::text, "DIR",
     "The folder of language adapters (default: ../langs beside the binary)",
     set_text<&Config::langs>},
    {"work-dir", "work_dir", Kind::text, "DIR", "Where programs run (default: here)",
     set_text<&Config::work_dir>},
    {"state-dir", "state_dir", Kind::text, "DIR",
     "Where journals spill to when memory is full (default: $TMPDIR or /tmp)",
     set_text<&Config::state_dir>},
    {"warm", "warm", Kind::list_or_counts, "LANG[=N]", "Keep interpreters of a language ready",
     add_warm, [](Config& config) { config.warm.clear(); }},
    {"limit", "limits", Kind::counts, "KEY=N",
     "Set a limit, as in --limit memory=1000000000; see quernd(1)", set_limit},
    {"log-level", "log_level", Kind::text, "LEVEL",
     "debug, info, warn, error or off (default: info)", set_log_level},
    {"log-format", "log_format", Kind::text, "FORMAT", "text or json (default: text)",
     set_log_format},
    {"ready-fd", "ready_fd", Kind::number, "N", "Write a newline to this descriptor when it serves",
     set_ready_fd},
    {"curve-secret-key", "curve_secret_key", Kind::text, "FILE",
     "The daemon's own key, made by quern keygen: let in only whom --authorized-keys names",
     set_secret_key},
    {"authorized-keys", "authorized_keys", Kind::text, "FILE",
     "The public keys of those who may connect", set_authorized_keys},
    {"user", "user", Kind::text, "UID[:GID]",
     "Run programs as this user, out of whose reach the daemon is; a name serves too", set_user},
    {"insecure", "insecure", Kind::flag, "", "Allow endpoints that others can reach, in the clear",
     set_flag<&Config::insecure>},
    {"no-cgroups", "no_cgroups", Kind::flag, "", "Make no cgroups, even where that is allowed",
     set_flag<&Config::no_cgroups>},
}};

}  // namespace

std::string Option::variable() const {
  std::string spelled = "QUERND_";
  for (const char letter : name)
    spelled += letter == '-' ? '_' : static_cast<char>(letter - 'a' + 'A');
  return spelled;
}

std::span<const Option> options() { return table; }

}  // namespace quern
