// SPDX-License-Identifier: Apache-2.0
#include "log.hpp"

#include "log_entry.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <string_view>

namespace quern {

namespace {

using spdlog::details::log_msg;

std::string_view level_of(const log_msg& message) {
  const auto level = spdlog::level::to_string_view(message.level);
  return {level.data(), level.size()};
}

std::string_view payload_of(const log_msg& message) {
  return {message.payload.data(), message.payload.size()};
}

// UTC, as of ISO 8601.
class Clock {
 public:
  std::string of(const log_msg& message) {
    spdlog::memory_buf_t time;
    pattern_.format(message, time);
    return {time.data(), time.size()};
  }

 private:
  spdlog::pattern_formatter pattern_{"%Y-%m-%dT%H:%M:%S.%eZ", spdlog::pattern_time_type::utc, ""};
};

// TIME LEVEL: WORDS NAME=VALUE…
class TextFormatter final : public spdlog::formatter {
 public:
  void format(const log_msg& message, spdlog::memory_buf_t& out) override {
    std::string line = clock_.of(message) + " ";
    line.append(level_of(message)).append(": ");
    // A name that a client chose must not begin a line of its own.
    for (const char letter : payload_of(message)) {
      const auto code = static_cast<unsigned char>(letter);
      if (letter == log_separator) {
        line += ' ';
      } else {
        line += code < ' ' || code == 0x7f ? '?' : letter;
      }
    }
    line += '\n';
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<TextFormatter>();
  }

 private:
  Clock clock_;
};

// One object a line; the library for it knows how texts are quoted.
class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const log_msg& message, spdlog::memory_buf_t& out) override {
    nlohmann::ordered_json line{{"time", clock_.of(message)}, {"level", level_of(message)}};
    std::string_view rest = payload_of(message);
    line["message"] = take(rest);
    while (!rest.empty()) {
      const std::string_view id = take(rest);
      const std::size_t equals = id.find('=');
      line[std::string(id.substr(0, equals))] = id.substr(equals + 1);
    }
    std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }

 private:
  static std::string_view take(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(log_separator), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
  }

  Clock clock_;
};

}  // namespace

std::shared_ptr<spdlog::logger> make_log(const std::string& level, const std::string& format) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
  auto log = std::make_shared<spdlog::logger>("quernd", sink);
  if (format == "json") {
    log->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    log->set_formatter(std::make_unique<TextFormatter>());
  }
  log->set_level(spdlog::level::from_str(level == "error" ? "err" : level));
  return log;
}

}  // namespace quern
