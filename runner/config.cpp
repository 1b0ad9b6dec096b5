// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include "nearest.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <filesystem>
#include <map>
#include <optional>

namespace quern {

namespace fs = std::filesystem;

namespace {

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

using Setter = std::function<void(std::uint64_t)>;

std::map<std::string, Setter> setters(Config& config) {
  DaemonLimits& daemon = config.limits;
  RunLimits& run = config.run_limits;
  return {{"body", [&](auto n) { daemon.body = n; }},
          {"input", [&](auto n) { daemon.input = n; }},
          {"runs", [&](auto n) { daemon.runs = n; }},
          {"queue", [&](auto n) { daemon.queue = n; }},
          {"contexts", [&](auto n) { daemon.contexts = n; }},
          {"journal", [&](auto n) { daemon.journal = n; }},
          {"journal_total", [&](auto n) { daemon.journal_total = n; }},
          {"finished", [&](auto n) { daemon.finished = n; }},
          {"wall_ms", [&](auto n) { run.wall = milliseconds(n); }},
          {"cpu_ms", [&](auto n) { run.cpu = milliseconds(n); }},
          {"memory", [&](auto n) { run.memory = n; }},
          {"output", [&](auto n) { run.output = n; }},
          {"processes", [&](auto n) { run.processes = n; }},
          {"fsize", [&](auto n) { run.fsize = n; }}};
}

// Empty when it was set, else what is wrong with it.
std::string set_limit(Config& config, const std::string& text) {
  std::map<std::string, Setter> known = setters(config);
  std::size_t equals = text.find('=');
  std::string name = text.substr(0, equals);
  auto setter = known.find(name);
  if (setter == known.end()) {
    std::vector<std::string> names;
    for (const auto& [known_name, set] : known) names.push_back(known_name);
    std::string near(nearest(name, names));
    return "there is no limit `" + name + "`" +
           (near.empty() ? "" : "; did you mean `" + near + "`?");
  }
  auto value = equals == std::string::npos ? std::nullopt : whole_number(text.substr(equals + 1));
  if (!value || *value == 0)
    return "limit `" + name + "` wants a whole number above 0, as in " + name + "=100";
  setter->second(*value);
  return "";
}

std::string set_warm(Config& config, const std::string& text) {
  std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    config.warm.emplace_back(text, 1);
    return "";
  }
  auto count = whole_number(text.substr(equals + 1));
  if (!count || *count > 64)
    return "--warm wants LANG or LANG=N with N up to 64, not `" + text + "`";
  config.warm.emplace_back(text.substr(0, equals), *count);
  return "";
}

// Beside an installed daemon, or at the top of the sources it was built from.
std::string default_langs() {
  std::error_code unknown;
  fs::path here = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  for (const char* way : {"../langs", "../../../langs"}) {
    fs::path langs = (here / way).lexically_normal();
    if (fs::is_directory(langs, unknown)) return langs.string();
  }
  return "";
}

// Empty when it is tcp://HOST:PORT or ipc://PATH.
std::string check_shape(const std::string& endpoint) {
  constexpr std::string_view tcp = "tcp://";
  constexpr std::string_view ipc = "ipc://";
  bool shaped = endpoint.starts_with(ipc) && endpoint.size() > ipc.size();
  if (endpoint.starts_with(tcp)) {
    std::size_t colon = endpoint.rfind(':');
    auto port = whole_number(std::string_view(endpoint).substr(colon + 1));
    shaped = colon > tcp.size() && ((port && *port <= 65535) || endpoint.ends_with(":*"));
  }
  if (shaped) return "";
  return "`" + endpoint + "` is no endpoint: it must look like tcp://127.0.0.1:7837 or ipc:///path";
}

std::string complete(Config& config) {
  std::error_code failed;
  if (config.langs.empty()) config.langs = default_langs();
  if (config.langs.empty()) return "there is no folder of languages: name it with --langs DIR";
  if (config.work_dir.empty()) config.work_dir = fs::current_path(failed).string();
  fs::create_directories(config.work_dir, failed);
  if (!fs::is_directory(config.work_dir, failed)) {
    return "the work dir `" + config.work_dir +
           "` is no directory and cannot be made: name another with --work-dir";
  }
  config.work_dir = fs::canonical(config.work_dir, failed).string();
  config.langs = fs::absolute(config.langs, failed).lexically_normal().string();
  if (config.state_dir.empty()) {
    const char* temporary = std::getenv("TMPDIR");
    config.state_dir = temporary && *temporary ? temporary : "/tmp";
  }
  // One that cannot be made cannot be written either: then spills stay in memory.
  fs::create_directories(config.state_dir, failed);
  for (const std::string& endpoint : config.endpoints) {
    if (std::string problem = check_shape(endpoint); !problem.empty()) return problem;
    bool local = endpoint.starts_with("ipc://") || endpoint.starts_with("tcp://127.") ||
                 endpoint.starts_with("tcp://[::1]") || endpoint.starts_with("tcp://localhost:");
    if (!local && !config.insecure) {
      return "refusing to listen on `" + endpoint +
             "` in the clear: whoever reaches it may run programs here. Use a loopback or ipc "
             "endpoint, or "
             "--insecure if the network itself keeps others out";
    }
  }
  return "";
}

}  // namespace

std::variant<Config, Leave> read_command_line(int argc, char** argv) {
  Config config;
  std::vector<std::string> limits;
  std::vector<std::string> warm;
  bool version = false;
  CLI::App app("quernd runs code for agents: batch and query, over ZeroMQ.", "quernd");
  app.add_option("--endpoint", config.endpoints,
                 "Where to listen: tcp://127.0.0.1:PORT or ipc:///PATH; may be given several times")
      ->envname("QUERND_ENDPOINT")
      ->delimiter(',')
      ->type_name("URL")
      ->capture_default_str();
  app.add_option("--langs", config.langs, "The folder of language adapters")
      ->envname("QUERND_LANGS")
      ->type_name("DIR");
  app.add_option("--work-dir", config.work_dir, "Where programs run (default: here)")
      ->envname("QUERND_WORK_DIR")
      ->type_name("DIR");
  app.add_option("--state-dir", config.state_dir,
                 "Where journals spill to when memory is full (default: $TMPDIR or /tmp)")
      ->envname("QUERND_STATE_DIR")
      ->type_name("DIR");
  app.add_option("--warm", warm, "Keep interpreters of a language ready")
      ->envname("QUERND_WARM")
      ->delimiter(',')
      ->type_name("LANG[=N]");
  app.add_option("--limit", limits, "Set a limit, as in --limit memory=1000000000; see PROTOCOL.md")
      ->envname("QUERND_LIMIT")
      ->delimiter(',')
      ->type_name("KEY=N");
  app.add_option("--log-level", config.log_level, "debug, info, warn, error or off")
      ->envname("QUERND_LOG_LEVEL")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}));
  app.add_option("--log-format", config.log_format, "text or json")
      ->envname("QUERND_LOG_FORMAT")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--ready-fd", config.ready_fd, "Write a newline to this descriptor when it serves")
      ->envname("QUERND_READY_FD")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--insecure", config.insecure, "Allow endpoints that others can reach, in the clear")
      ->envname("QUERND_INSECURE");
  app.add_flag("--version", version, "Print the version and leave");
  app.footer(
      "Every option may also be given as a variable: QUERND_ENDPOINT, QUERND_LANGS, …\n"
      "Example: quernd --endpoint ipc:///run/quern/quern.sock --warm python");
  auto mistake = [](const std::string& what) {
    return Leave{2, "quernd: " + what + ". See quernd --help.\n"};
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Leave{0, app.help()};
  } catch (const CLI::ParseError& error) {
    return mistake(error.what());
  }
  if (version) return Leave{0, std::string("quernd ") + QUERN_VERSION + "\n"};
  for (const std::string& text : limits) {
    if (std::string problem = set_limit(config, text); !problem.empty()) return mistake(problem);
  }
  for (const std::string& text : warm) {
    if (std::string problem = set_warm(config, text); !problem.empty()) return mistake(problem);
  }
  if (std::string problem = complete(config); !problem.empty()) return mistake(problem);
  return config;
}

Environment inherited_environment(char** environment) {
  Environment inherited{{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  for (char** entry = environment; *entry; ++entry) {
    std::string_view text(*entry);
    std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    if (text.starts_with("QUERND_") || text.starts_with("QUERN_")) continue;
    inherited[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  return inherited;
}

}  // namespace quern
