// SPDX-License-Identifier: Apache-2.0
// quern, the client: reads the command line, executes one command, turns what failed into one
// sentence and an exit code.
#include "commands.hpp"
#include "cures.hpp"
#include "failure.hpp"
#include "json_text.hpp"
#include "standard_streams.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <string_view>

using namespace quern;

namespace {

// Looked for before anything else: that the rest cannot be made sense of is to be told as JSON too.
bool wants_json(int argc, char** argv) {
  char** const end = std::find_if(argv, argv + argc,
                                  [](const char* word) { return std::string_view(word) == "--"; });
  return std::any_of(argv, end,
                     [](const char* word) { return std::string_view(word) == "--json"; });
}

int told(Writer& writer, bool json, const std::string& sentence, int code,
         const std::string& reason = {}) {
  if (json) {
    Json error = {{"message", sentence}, {"exit", code}};
    if (!reason.empty()) error["code"] = reason;
    try {
      writer.out(line_of({{"error", std::move(error)}}));
    } catch (const OutputClosed&) {
      return code;  // stderr below still tells it
    }
  }
  writer.say(sentence);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  Writer writer;
  const bool json = wants_json(argc, argv);
  try {
    const auto invocation = read_command_line({argv + 1, argv + argc});
    if (!invocation) return 0;
    Signals signals;
    const Surface surface{invocation->common, signals, writer};
    return std::visit([&](const auto& command) { return execute(command, surface); },
                      invocation->command);
  } catch (const Refusal& refusal) {
    return told(writer, json, with_cure(refusal), refusal.code, refusal.reason_code);
  } catch (const Failure& failure) {
    return told(writer, json, failure.what(), failure.code);
  } catch (const OutputClosed&) {
    return 128 + SIGPIPE;
  } catch (const std::exception& e) {
    return told(writer, json, e.what(), own_failure);
  }
}
