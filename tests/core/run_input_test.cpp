// SPDX-License-Identifier: Apache-2.0
// A run's prompts and its input.
#include "run_bench.hpp"

using namespace quern;

namespace {

struct Asked : RunBench {
  explicit Asked(StartRun spec = {}) : client(std::make_shared<RecordingPeer>()) {
    run = running(client, std::move(spec));
    run->set_execution(&execution);
    client->heard.clear();
  }

  // The answer's code, or nothing when the input was taken.
  std::optional<ErrorCode> send(std::string bytes, bool eof = false,
                                std::optional<std::int64_t> prompt = {}) {
    Result<void> taken = run->input({"r", std::move(bytes), eof, prompt});
    if (taken) return std::nullopt;
    CHECK_FALSE(taken.error().message.empty());
    return taken.error().code;
  }

  std::shared_ptr<RecordingPeer> client;
  RecordingExecution execution;
  std::shared_ptr<Run> run;
};

const std::optional<ErrorCode> taken;

StartRun no_stdin() {
  StartRun spec;
  spec.input = Stdin::none;
  return spec;
}

}  // namespace

TEST_CASE("a prompt is opened once and closed once by the answer") {
  Asked bench;
  bench.run->ask("name?", false, PromptSource::asked);
  CHECK(bench.send("Quern\n", false, 1) == taken);
  bench.run->close_prompt(InputOutcome::answered);  // the worker says so too
  bench.run->ask("age?", true, PromptSource::read);
  CHECK(bench.send("3\n") == taken);
  CHECK(bench.client->events() ==
        std::vector<Event>{WaitingInput{1, "name?", false, PromptSource::asked},
                           InputTaken{1, InputOutcome::answered},
                           WaitingInput{2, "age?", true, PromptSource::read},
                           InputTaken{2, InputOutcome::answered}});
  CHECK(bench.execution.input_taken == "Quern\n3\n");
}

TEST_CASE("at most one prompt is open") {
  Asked bench;
  bench.run->ask("a", false, PromptSource::asked);
  bench.run->ask("b", false, PromptSource::read);
  CHECK(bench.client->events() ==
        std::vector<Event>{WaitingInput{1, "a", false, PromptSource::asked}});
  CHECK(bench.send("x", false, 1) == taken);
  CHECK_FALSE(bench.run->asking());
}

TEST_CASE("a prompt that is open at the end is closed before finished") {
  Asked bench;
  bench.run->ask("name?", false, PromptSource::asked);
  bench.run->emit(Finished{});
  CHECK(bench.client->events() ==
        std::vector<Event>{WaitingInput{1, "name?", false, PromptSource::asked},
                           InputTaken{1, InputOutcome::ended}, ended(0, 0)});
  CHECK(bench.send("x", false, 1) == ErrorCode::not_found);
}

TEST_CASE("an end of file closes the prompt as such, and the input for good") {
  Asked bench;
  bench.run->ask("name?", false, PromptSource::asked);
  CHECK(bench.send("", true, 1) == taken);
  CHECK(bench.execution.eofs == 1);
  CHECK(bench.run->input_ended());
  CHECK(bench.send("more") == ErrorCode::not_found);
  CHECK(bench.send("", true) == ErrorCode::not_found);
  CHECK(bench.client->events() ==
        std::vector<Event>{WaitingInput{1, "name?", false, PromptSource::asked},
                           InputTaken{1, InputOutcome::eof}});
  CHECK(bench.execution.input_taken.empty());
}

TEST_CASE("bytes with an end of file are an answer, and the end follows them") {
  Asked bench;
  bench.run->ask("name?", false, PromptSource::asked);
  CHECK(bench.send("last", true) == taken);
  CHECK(bench.execution.input_taken == "last");
  CHECK(bench.execution.eofs == 1);
  CHECK(bench.client->events().back() == Event(InputTaken{1, InputOutcome::answered}));
}

TEST_CASE("input for a prompt that is closed, or never was, is not found and not taken") {
  Asked bench;
  CHECK(bench.send("x", false, 1) == ErrorCode::not_found);
  bench.run->ask("a", false, PromptSource::asked);
  CHECK(bench.send("x", false, 2) == ErrorCode::not_found);
  CHECK(bench.send("x", false, 1) == taken);
  CHECK(bench.send("x", false, 1) == ErrorCode::not_found);
  CHECK(bench.execution.input_taken == "x");
}

TEST_CASE("empty input answers no prompt") {
  Asked bench;
  bench.run->ask("a", false, PromptSource::asked);
  CHECK(bench.send("") == taken);
  CHECK(bench.run->asking());
}

TEST_CASE("a run without stdin takes no input") {
  Asked bench(no_stdin());
  CHECK(bench.send("x") == ErrorCode::unsupported);
  bench.run->emit(Finished{});
  CHECK(bench.send("x") == ErrorCode::not_found);
}

TEST_CASE("input before the start is kept, in order, and given to the program when it is there") {
  RunBench bench;
  auto run = bench.run();
  run->emit(Accepted{});
  CHECK(run->input({"r", "one ", false, {}}).has_value());
  CHECK(run->input({"r", "two", true, {}}).has_value());
  CHECK_FALSE(run->input({"r", "three", false, {}}).has_value());
  RecordingExecution execution;
  run->set_execution(&execution);
  CHECK(execution.input_taken == "one two");
  CHECK(execution.eofs == 1);
  run->set_execution(nullptr);
  RecordingExecution next;
  run->set_execution(&next);
  CHECK(next.input_taken.empty());
  CHECK(next.eofs == 0);
}

TEST_CASE("input over the limit is refused whole, and taken again when there is room") {
  Asked bench;
  bench.limits.input = 100;
  bench.execution.unread = 90;
  CHECK(bench.send(std::string(11, 'x')) == ErrorCode::limit);
  CHECK(bench.send(std::string(10, 'x')) == taken);
  CHECK(bench.execution.input_taken.size() == 10);
  bench.execution.unread = 100;
  CHECK(bench.send("x", true) == ErrorCode::limit);
  CHECK_FALSE(bench.run->input_ended());
  CHECK(bench.send("", true) == taken);
}

TEST_CASE("input before the start has the same limit") {
  RunBench bench;
  bench.limits.input = 100;
  auto run = bench.run();
  run->emit(Accepted{});
  CHECK(run->input({"r", std::string(60, 'x'), false, {}}).has_value());
  Result<void> second = run->input({"r", std::string(60, 'x'), false, {}});
  REQUIRE(second.has_error());
  CHECK(second.error().code == ErrorCode::limit);
  CHECK(run->input({"r", std::string(40, 'x'), false, {}}).has_value());
}
