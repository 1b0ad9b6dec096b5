// SPDX-License-Identifier: Apache-2.0
#include "specimens.hpp"

using namespace std::chrono_literals;

namespace quern::specimens {
namespace {

Specimen<Request> ask(const char* head, Op op, std::string body = "") {
  return {head, std::move(body), Request{"q7", std::move(op)}};
}

StartRun everything() {
  StartRun run;
  run.mode = RunMode::batch;
  run.lang = "go";
  run.boot = "b-1";
  run.build = std::string("make all");
  run.exec = Argv{"./main", "-v"};
  run.clean = Heuristic{};
  run.code = "package main";
  run.file = "main.go";
  run.files = {{"a.txt", "AAA", 0644}, {"sub/b", "", 0755}};
  run.argv = {"x", ""};
  run.env = {{"EMPTY", ""}, {"LANG", "C.UTF-8"}};
  run.cwd = "/tmp/somewhere";
  run.input = Stdin::none;
  run.merge = true;
  run.limits = {
      .wall = 5000ms, .cpu = 1ms, .memory = 1u << 30, .output = 7, .processes = 8, .fsize = 9};
  run.background = Background::keep;
  run.lease = 60'000ms;
  run.window = min_window;
  run.overflow = Overflow::drop;
  run.keep = 0ms;
  run.meta = raw(R"({"job": [1, -2, 2.5, null], "traceparent": "00-ab-cd-01"})");
  run.traceparent = "00-ab-cd-01";
  return run;
}

StartRun query() {
  StartRun run;
  run.mode = RunMode::query;
  run.lang = "python";
  run.ctx = "plot";
  run.code = "print('é')";
  run.silent = true;
  run.stop_on_error = true;
  return run;
}

StartRun terminal() {
  StartRun run;
  run.mode = RunMode::tty;
  run.command = {"bash", "-l"};
  run.tty = {.rows = 40, .cols = 132, .term = "vt100"};
  return run;
}

void add_runs(std::vector<Specimen<Request>>& all) {
  all.push_back(ask(
      R"({"op": "run", "id": "q7", "mode": "batch", "lang": "go", "boot": "b-1", "build": "make all",
      "exec": ["./main", "-v"], "clean": "*", "file": "main.go", "argv": ["x", ""],
      "files": [{"path": "a.txt", "size": 3}, {"path": "sub/b", "size": 0, "mode": 493}],
      "env": {"LANG": "C.UTF-8", "EMPTY": ""}, "cwd": "/tmp/somewhere", "stdin": "none", "merge": true,
      "limits": {"wall_ms": 5000, "cpu_ms": 1, "memory": 1073741824, "output": 7, "processes": 8, "fsize": 9},
      "background": "keep", "lease_ms": 60000, "window": 65536, "overflow": "drop", "keep_ms": 0,
      "meta": {"job": [1, -2, 2.5, null], "traceparent": "00-ab-cd-01"}})",
      everything(), "package mainAAA"));
  all.push_back(ask(
      R"({"op": "run", "id": "q7", "mode": "query", "lang": "python", "ctx": "plot", "silent": true,
      "stop_on_error": true})",
      query(), "print('é')"));
  all.push_back(ask(R"({"op": "run", "id": "q7", "mode": "tty", "command": ["bash", "-l"],
      "tty": {"rows": 40, "cols": 132, "term": "vt100"}})",
                    terminal()));
  StartRun shell;
  shell.exec = std::string("echo hello");
  all.push_back(ask(R"({"op": "run", "id": "q7", "mode": "batch", "exec": "echo hello"})", shell));
}

void add_run_ops(std::vector<Specimen<Request>>& all) {
  all.push_back(
      ask(R"({"op": "input", "id": "q7", "run": "r1"})", Input{"r1", "42\n", false, {}}, "42\n"));
  all.push_back(ask(R"({"op": "input", "id": "q7", "run": "r1", "eof": true, "prompt_id": 3})",
                    Input{"r1", "", true, 3}));
  all.push_back(ask(R"({"op": "resize", "id": "q7", "run": "r1", "rows": 1, "cols": 65535})",
                    Resize{"r1", 1, 65535}));
  all.push_back(ask(R"({"op": "interrupt", "id": "q7", "run": "r1"})", Interrupt{"r1", 2000ms}));
  all.push_back(
      ask(R"({"op": "interrupt", "id": "q7", "run": "r1", "grace_ms": 0})", Interrupt{"r1", 0ms}));
  all.push_back(
      ask(R"({"op": "signal", "id": "q7", "run": "r1", "signal": "USR2"})", Signal{"r1", "USR2"}));
  all.push_back(
      ask(R"({"op": "attach", "id": "q7", "run": "r1"})", Attach{"r1", -1, {}, default_window}));
  all.push_back(ask(R"({"op": "attach", "id": "q7", "run": "r1", "after": 12, "window": 67108864})",
                    Attach{"r1", 12, {}, max_window}));
  all.push_back(ask(R"({"op": "attach", "id": "q7", "run": "r1", "tail": 0})",
                    Attach{"r1", -1, 0, default_window}));
  all.push_back(ask(R"({"op": "detach", "id": "q7", "run": "r1"})", Detach{"r1"}));
  all.push_back(ask(R"({"op": "ack", "id": "q7", "run": "r1", "seq": 0})", Ack{"r1", 0}));
  all.push_back(ask(R"({"op": "output", "id": "q7", "run": "r1", "stream": "stdout"})",
                    ReadOutput{"r1", Stream::out, 0, {}}));
  all.push_back(ask(
      R"({"op": "output", "id": "q7", "run": "r1", "stream": "stderr", "from": -9, "length": 4})",
      ReadOutput{"r1", Stream::err, -9, 4}));
  all.push_back(ask(R"({"op": "wait", "id": "q7", "run": "r1"})", Wait{"r1", {}}));
  all.push_back(
      ask(R"({"op": "wait", "id": "q7", "run": "r1", "timeout_ms": 0})", Wait{"r1", 0ms}));
  all.push_back(ask(R"({"op": "forget", "id": "q7", "run": "r1"})", Forget{"r1"}));
}

void add_context_ops(std::vector<Specimen<Request>>& all) {
  OpenContext open;
  open.lang = "r";
  open.ctx = "main 2";
  open.env = {{"TZ", "UTC"}};
  open.cwd = "d";
  open.limits.memory = 1;
  open.idle = 1000ms;
  all.push_back(ask(
      R"({"op": "open", "id": "q7", "lang": "r", "ctx": "main 2", "env": {"TZ": "UTC"}, "cwd": "d",
      "limits": {"memory": 1}, "idle_ms": 1000})",
      open));
  all.push_back(ask(R"({"op": "reset", "id": "q7", "lang": "r"})", ResetContext{"r", "main"}));
  all.push_back(
      ask(R"({"op": "close", "id": "q7", "lang": "r", "ctx": "x"})", CloseContext{"r", "x"}));
  all.push_back(ask(R"({"op": "complete", "id": "q7", "lang": "r", "cursor": 2})",
                    Complete{"r", "main", "pri", 2}, "pri"));
  all.push_back(
      ask(R"({"op": "inspect", "id": "q7", "lang": "r", "ctx": "x", "cursor": 3, "detail": 1})",
          Inspect{"r", "x", "len", 3, 1}, "len"));
  all.push_back(ask(R"({"op": "check", "id": "q7", "lang": "r", "ctx": "x"})",
                    Check{"r", "x", "if ("}, "if ("));
  all.push_back(ask(R"({"op": "syntax", "id": "q7", "lang": "r"})", DescribeSyntax{"r"}));
}

void add_file_ops(std::vector<Specimen<Request>>& all) {
  all.push_back(ask(R"({"op": "put", "id": "q7", "path": "a/b"})",
                    Put{"a/b", std::string("\0\xff", 2), 0, {}, {}, true, false},
                    std::string("\0\xff", 2)));
  all.push_back(
      ask(R"({"op": "put", "id": "q7", "path": "/x", "offset": 5, "truncate": false, "mode": 4095,
      "mkdirs": false, "atomic": true})",
          Put{"/x", "", 5, false, 07777, false, true}));
  all.push_back(ask(R"({"op": "get", "id": "q7", "path": "a"})", Get{"a", 0, {}}));
  all.push_back(
      ask(R"({"op": "get", "id": "q7", "path": "a", "offset": 18446744073709551615, "length": 0})",
          Get{"a", ~std::uint64_t{0}, 0}));
  all.push_back(ask(R"({"op": "list", "id": "q7", "path": ".", "after": "é", "limit": 1})",
                    List{".", "é", 1}));
  all.push_back(ask(R"({"op": "stat", "id": "q7", "path": ".", "sha256": true})", Stat{".", true}));
  all.push_back(ask(R"({"op": "move", "id": "q7", "path": "a", "to": "b"})", Move{"a", "b"}));
  all.push_back(
      ask(R"({"op": "remove", "id": "q7", "path": "a", "recursive": true})", Remove{"a", true}));
}

}  // namespace

std::vector<Specimen<Request>> requests() {
  std::vector<Specimen<Request>> all;
  all.push_back(
      ask(R"({"op": "hello", "id": "q7", "protocol": 1, "client": "t/1"})", Hello{1, "t/1"}));
  all.push_back(
      ask(R"({"op": "hello", "id": "q7", "protocol": 1, "versions": false})", Hello{1, "", false}));
  all.push_back(ask(R"({"op": "ping", "id": "q7"})", Ping{}));
  add_runs(all);
  add_run_ops(all);
  add_context_ops(all);
  add_file_ops(all);
  all.push_back(ask(R"({"op": "status", "id": "q7"})", Status{}));
  all.push_back(ask(R"({"op": "status", "id": "q7", "usage": true})", Status{true}));
  all.push_back(ask(R"({"op": "shutdown", "id": "q7"})", Shutdown{2000ms}));
  all.push_back(ask(R"({"op": "shutdown", "id": "q7", "grace_ms": 600000})", Shutdown{600'000ms}));
  return all;
}

}  // namespace quern::specimens
