// SPDX-License-Identifier: Apache-2.0
#include "specimens.hpp"

#include <catch2/catch.hpp>

using namespace quern;
using namespace std::chrono_literals;
using specimens::packed;

namespace {

Request decoded(const nlohmann::json& head, std::string_view body = "") {
  const auto request = decode_request(packed(head), body);
  if (request.has_error()) FAIL(request.error().error.message);
  return *request;
}
Rejected refused(const nlohmann::json& head, std::string_view body = "") {
  const auto request = decode_request(packed(head), body);
  REQUIRE(request.has_error());
  return request.error();
}
std::string why(const char* head, std::string_view body = "") {
  const Rejected rejected = refused(nlohmann::json::parse(head), body);
  CHECK(rejected.error.code == ErrorCode::bad_request);
  return rejected.error.message;
}
StartRun run_of(const char* head, std::string_view body = "") {
  return std::get<StartRun>(decoded(nlohmann::json::parse(head), body).op);
}

}  // namespace

TEST_CASE("a run that names only its mode and language gets every default of the contract") {
  const StartRun run =
      run_of(R"({"op": "run", "id": "q", "mode": "batch", "lang": "c"})", "int main;");
  CHECK(run.ctx == "main");
  CHECK(run.build == Step(Skip{}));
  CHECK(run.exec == Step(Heuristic{}));
  CHECK(run.clean == Step(Skip{}));
  CHECK(run.code == "int main;");
  CHECK(run.input == Stdin::ask);
  CHECK_FALSE(run.merge);
  CHECK(run.tty == TerminalSize{24, 80, "xterm-256color"});
  CHECK(run.limits == RunLimits{});
  CHECK(run.background == Background::end);
  CHECK(run.lease == 0ms);
  CHECK(run.window == 4 * mib);
  CHECK_FALSE(run.overflow);
  CHECK(run.keep == 3'600'000ms);
  CHECK(run.meta.bytes == "\x80");
}

TEST_CASE("nil is the same as absent, and unknown keys are ignored") {
  const Request request = decoded(
      {{"op", "interrupt"}, {"id", "q"}, {"run", "r"}, {"grace_ms", nullptr}, {"x", {1, 2}}});
  CHECK(request == Request{"q", Interrupt{"r", 2000ms}});
}

TEST_CASE("any request may carry acknowledgements") {
  const Request request =
      decoded({{"op", "ping"}, {"id", "q"}, {"acks", {{"run-1", 0}, {"run-2", 7}}}});
  CHECK(request == Request{"q", Ping{}, {{"run-1", 0}, {"run-2", 7}}});
  const Frames frames = encode_request(request);
  CHECK(decode_request(frames.head, "").value() == request);
  CHECK(decoded({{"op", "ping"}, {"id", "q"}, {"acks", nullptr}}).acks.empty());
  CHECK(why(R"({"op": "ping", "id": "q", "acks": [1]})") ==
        "The key `acks` must be a map, not an array of 1.");
  CHECK(why(R"({"op": "ping", "id": "q", "acks": {"r": -1}})") ==
        "The key `acks.r` must be an integer of at least 0, not -1.");
  CHECK(why(R"({"op": "ping", "id": "q", "acks": {"": 1}})") ==
        "The key `acks.(name)` must be 1 to 64 bytes of printable ASCII, not \"\".");
}

TEST_CASE("defaults may be said in full") {
  const char* head =
      R"({"op": "run", "id": "q", "mode": "batch", "lang": "c", "build": "", "exec": "*", "clean": "",
      "files": [], "argv": [], "env": {}, "cwd": "", "stdin": "ask", "merge": false, "limits": {}, "window": 4194304,
      "background": "end", "lease_ms": 0, "keep_ms": 3600000, "meta": {}, "tty": {}})";
  CHECK(run_of(head) == run_of(R"({"op": "run", "id": "q", "mode": "batch", "lang": "c"})"));
}

TEST_CASE("the body of a run is its code and then its files") {
  const StartRun run = run_of(R"({"op": "run", "id": "q", "mode": "batch", "lang": "c",
      "files": [{"path": "a", "size": 2}, {"path": "b", "size": 0}, {"path": "c", "size": 1}]})",
                              "codeAAC");
  CHECK(run.code == "code");
  CHECK(run.files == std::vector<File>{{"a", "AA", 0644}, {"b", "", 0644}, {"c", "C", 0644}});
}

TEST_CASE("files that add up to more than the body are refused, whatever their sizes") {
  for (const std::uint64_t size : {std::uint64_t{8}, ~std::uint64_t{0}}) {
    const nlohmann::json files = {{{"path", "a"}, {"size", 1}}, {{"path", "b"}, {"size", size}}};
    const auto rejected =
        refused({{"op", "run"}, {"id", "q"}, {"mode", "batch"}, {"lang", "c"}, {"files", files}},
                "12345678");
    CHECK(rejected ==
          Rejected{"q",
                   {ErrorCode::bad_request,
                    "`run`: the sizes in `files` add up to more than the body's 8 bytes."}});
  }
}

TEST_CASE("a message names the op, the key, what was expected and what came") {
  CHECK(why(R"({"op": "run", "id": "q", "mode": "foo"})") ==
        R"(`run`: key `mode` must be one of "query", "batch", "tty", not "foo".)");
  CHECK(why(R"({"op": "run", "id": "q"})") ==
        R"(`run`: key `mode` is missing; it must be one of "query", "batch", "tty".)");
  CHECK(why(R"({"op": "run", "id": "q", "mode": "tty", "command": ["sh"], "tty": {"rows": 0}})") ==
        "`run`: key `tty.rows` must be an integer from 1 to 65535, not 0.");
  CHECK(why(R"({"op": "run", "id": "q", "mode": "tty", "command": ["sh", 5]})") ==
        "`run`: key `command[1]` must be a string without NUL, not 5.");
  CHECK(
      why(R"({"op": "run", "id": "q", "mode": "batch", "lang": "c", "files": [{"path": "a"}]})") ==
      "`run`: key `files[0].size` is missing; it must be an integer of at least 0.");
  CHECK(why(R"({"op": "run", "id": "q", "mode": "batch", "lang": "c", "window": 65535})") ==
        "`run`: key `window` must be an integer from 65536 to 67108864, not 65535.");
  CHECK(
      why(R"({"op": "run", "id": "q", "mode": "batch", "lang": "c", "limits": {"wall_ms": 0}})") ==
      "`run`: key `limits.wall_ms` must be an integer from 1 to 1000000000000, not 0.");
  CHECK(why(R"({"op": "run", "id": "q", "mode": "batch", "lang": "c", "env": {"A=B": "x"}})") ==
        "`run`: key `env.(name)` must be a non-empty variable name without \"=\" or NUL, not "
        "\"A=B\".");
  CHECK(why(R"({"op": "run", "id": "q", "mode": "batch", "lang": "c", "build": []})") ==
        "`run`: key `build` must be a non-empty array, not an array of 0.");
  CHECK(
      why(R"({"op": "signal", "id": "q", "run": "r", "signal": "SEGV"})") ==
      R"(`signal`: key `signal` must be one of "INT", "TERM", "KILL", "HUP", "USR1", "USR2", "QUIT", "STOP", "CONT", not "SEGV".)");
  CHECK(why(R"({"op": "attach", "id": "q", "run": "r", "after": -2})") ==
        "`attach`: key `after` must be an integer of at least -1, not -2.");
  CHECK(why(R"({"op": "interrupt", "id": "q", "run": "r", "grace_ms": 600001})") ==
        "`interrupt`: key `grace_ms` must be an integer from 0 to 600000, not 600001.");
  CHECK(why(R"({"op": "complete", "id": "q", "lang": "c", "cursor": 4})", "abc") ==
        "`complete`: key `cursor` is 4, but the code has only 3 bytes.");
}

TEST_CASE("what a message quotes is short, printable text, whatever came") {
  const std::string odd = "A\xff\n" + std::string(99, 'x');
  CHECK(refused({{"op", odd}, {"id", "q"}})
            .error.message.starts_with("The key `op` must be a UTF-8 string"));
  std::string head =
      "\x84\xa2op\xa3run\xa2id\xa1q\xa4mode\xa5"
      "batch\xa3"
      "env\x81\xd9\x66" +
      odd + "\x07";
  CHECK(decode_request(head, "").error().error.message ==
        "`run`: key `env.A\xEF\xBF\xBD?" + std::string(37, 'x') +
            "…` must be a string without NUL, not 7.");
}

TEST_CASE("an unknown op is named and the nearest one suggested") {
  CHECK(
      refused({{"op", "interupt"}, {"id", "q"}}) ==
      Rejected{"q",
               {ErrorCode::unknown_op, R"(There is no op "interupt". Did you mean `interrupt`?)"}});
  CHECK(refused({{"op", "fly to the moon"}, {"id", "q"}})
            .error.message.find("The ops are: hello, ping, run, ") != std::string::npos);
}

TEST_CASE("a valid id is echoed although the rest is wrong, another one never") {
  CHECK(refused({{"id", "q"}}).id == "q");
  CHECK(refused({{"id", "q"}, {"op", 7}}).id == "q");
  for (const nlohmann::json& id :
       {nlohmann::json(7), nlohmann::json(""), nlohmann::json(std::string(65, 'x')),
        nlohmann::json("a\tb"), nlohmann::json("é")})
    CHECK(refused({{"id", id}, {"op", "ping"}}).id.empty());
  CHECK(decoded({{"id", std::string(64, '~')}, {"op", "ping"}}).id == std::string(64, '~'));
  CHECK(refused({{"id", 7}, {"op", "ping"}}).error.message ==
        "The key `id` must be 1 to 64 bytes of printable ASCII, not 7.");
}

TEST_CASE("query code must be UTF-8 without NUL, and the message says where it is not") {
  const char* head = R"({"op": "run", "id": "q", "mode": "query", "lang": "c"})";
  CHECK(why(head, "ab\xff") == "`run`: the code is not UTF-8 at byte 2.");
  CHECK(why(head, std::string_view("a\0b", 3)) ==
        "`run`: the code has a NUL at byte 1; it must be text without NUL.");
  CHECK(run_of(R"({"op": "run", "id": "q", "mode": "batch", "lang": "c"})", "ab\xff").code ==
        "ab\xff");
}

TEST_CASE("the language may be left out only where the commands are explicit") {
  CHECK(why(R"({"op": "run", "id": "q", "mode": "batch"})")
            .starts_with("`run`: key `lang` is missing"));
  CHECK(why(R"({"op": "run", "id": "q", "mode": "query"})")
            .starts_with("`run`: key `lang` is missing"));
  CHECK(why(R"({"op": "run", "id": "q", "mode": "tty"})")
            .starts_with("`run`: key `lang` is missing"));
  CHECK(why(R"({"op": "run", "id": "q", "mode": "batch", "build": "*", "exec": "x"})")
            .starts_with("`run`: key `lang` is missing"));
  CHECK(run_of(R"({"op": "run", "id": "q", "mode": "batch", "build": "make", "exec": ""})").exec ==
        Step(Skip{}));
}

TEST_CASE("paths, arguments and variables may be bytes that are no text, and travel as bin") {
  const std::string odd = "caf\xe9";
  const auto bin = nlohmann::json::binary(std::vector<std::uint8_t>(odd.begin(), odd.end()));
  const nlohmann::json head = {{"op", "run"},   {"id", "q"},
                               {"mode", "tty"}, {"command", {"ls", bin}},
                               {"cwd", bin},    {"env", {{"X", bin}}}};
  const Request request = decoded(head);
  const auto& run = std::get<StartRun>(request.op);
  CHECK(run.command == Argv{"ls", odd});
  CHECK(run.cwd == odd);
  CHECK(run.env == Environment{{"X", odd}});
  CHECK(specimens::unpacked(encode_request(request).head) == head);
  CHECK(refused({{"op", "run"}, {"id", "q"}, {"mode", "query"}, {"lang", bin}}).error.message ==
        "`run`: key `lang` must be a UTF-8 string, not a bin of 4 bytes.");
}

TEST_CASE("meta is carried as it came, its traceparent read only when it is text") {
  const StartRun run = run_of(
      R"({"op": "run", "id": "q", "mode": "batch", "lang": "c", "meta": {"traceparent": 7}})");
  CHECK(run.meta == specimens::raw(R"({"traceparent": 7})"));
  CHECK(run.traceparent.empty());
  const nlohmann::json large = {{"x", std::string(max_meta, 'x')}};
  CHECK(refused({{"op", "run"}, {"id", "q"}, {"mode", "batch"}, {"lang", "c"}, {"meta", large}})
            .error.message == "`run`: key `meta` must be a map of at most 65536 bytes, not a map.");
}

TEST_CASE("the fingerprint tells another request from the same one said again") {
  const auto print = [](const char* head, std::string_view body) {
    return run_of(head, body).fingerprint;
  };
  const char* head = R"({"op": "run", "id": "q", "mode": "batch", "lang": "c"})";
  const auto first = print(head, "code");
  CHECK(print(head, "code") == first);
  CHECK(print(R"({"op": "run", "id": "q", "mode": "batch", "lang": "c", "merge": false})",
              "code") == first);
  CHECK(print(head, "codE") != first);
  CHECK(print(head, std::string_view("code\0", 5)) != first);
  CHECK(print(R"({"op": "run", "id": "q", "mode": "batch", "lang": "d"})", "code") != first);

  const std::string swapped =
      "\x84\xa2id\xa1q\xa4mode\xa5"
      "batch\xa4lang\xa1"
      "c\xa2op\xa3run";
  CHECK(std::get<StartRun>(decode_request(swapped, "code").value().op).fingerprint == first);
}

TEST_CASE("an ack needs no id, and a bad one is never answered") {
  const auto ack = decode_request(
      "\x83\xa2op\xa3"
      "ack\xa3run\xa1r\xa3seq\x07",
      {});
  REQUIRE(ack.has_value());
  CHECK(ack->op == Op{Ack{"r", 7}});
  const auto bad = decode_request(
      "\x81\xa2op\xa3"
      "ack",
      {});
  REQUIRE(bad.has_error());
  CHECK(bad.error().silent);
}
