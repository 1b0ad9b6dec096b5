// SPDX-License-Identifier: Apache-2.0
// quern, the client: reads the command line, executes one command, turns what failed into one
// sentence and an exit code.
#include "commands.hpp"
#include "failure.hpp"
#include "json_text.hpp"

#include <csignal>
#include <exception>

using namespace quern;

namespace {

int told(Writer& writer, const Common& common, const std::string& sentence, int code) {
  if (common.json) {
    try {
      writer.out(line_of({{"error", {{"message", sentence}, {"exit", code}}}}));
    } catch (const OutputClosed&) {
      return code;  // stderr below still tells it
    }
  }
  writer.say(sentence);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  Writer writer;
  Common common;
  try {
    const auto invocation = read_command_line({argv + 1, argv + argc});
    if (!invocation) return 0;
    common = invocation->common;
    Signals signals;
    const Surface surface{common, signals, writer};
    return std::visit([&](const auto& command) { return execute(command, surface); },
                      invocation->command);
  } catch (const Failure& failure) {
    return told(writer, common, failure.what(), failure.code);
  } catch (const OutputClosed&) {
    return 128 + SIGPIPE;
  } catch (const std::exception& e) {
    return told(writer, common, e.what(), own_failure);
  }
}
