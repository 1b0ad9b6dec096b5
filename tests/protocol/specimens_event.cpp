// SPDX-License-Identifier: Apache-2.0
#include "specimens.hpp"

using namespace std::chrono_literals;

namespace quern::specimens {
namespace {

Specimen<Stamped> said(const char* head, Event event, std::string body = "") {
  return {head, std::move(body), Stamped{"r1", 4, 1500us, std::move(event)}};
}

Shown shown(bool result) {
  Shown shown;
  shown.result = result;
  shown.parts = {{"text/plain", 2}, {"image/png", 3}};
  shown.bytes = Blob("hi\x89PN");
  return shown;
}

Shown update() {
  Shown update = shown(false);
  update.metadata = raw(R"({"image/png": {"width": 9}})");
  update.display = "d1";
  update.update = true;
  return update;
}

Finished worst() {
  Finished worst;
  worst.status = FinishedStatus::crashed;
  worst.cause = "It died of SIGSEGV.";
  worst.signal = 11;
  worst.usage = {1200ms, 7ms, 1 << 20};
  worst.stdout_bytes = 5;
  worst.stderr_bytes = 6;
  worst.error = ErrorSummary{"Segfault", "bad"};
  worst.context = ContextFate::lost;
  worst.open = true;
  return worst;
}

void add_output(std::vector<Specimen<Stamped>>& all) {
  all.push_back(said(R"({"ev": "stdout", "run": "r1", "seq": 4, "t": 1500, "off": 9})",
                     Output{Stream::out, 9, false, Blob("bytes\xff")}, "bytes\xff"));
  all.push_back(
      said(R"({"ev": "stderr", "run": "r1", "seq": 4, "t": 1500, "off": 0, "late": true})",
           Output{Stream::err, 0, true, Blob("x")}, "x"));
  const char* body = "hi\x89PN";
  all.push_back(said(R"({"ev": "result", "run": "r1", "seq": 4, "t": 1500, "metadata": {},
      "parts": [{"mime": "text/plain", "size": 2}, {"mime": "image/png", "size": 3}]})",
                     shown(true), body));
  all.push_back(said(
      R"({"ev": "display", "run": "r1", "seq": 4, "t": 1500, "metadata": {"image/png": {"width": 9}},
      "parts": [{"mime": "text/plain", "size": 2}, {"mime": "image/png", "size": 3}], "display": "d1",
      "update": true})",
      update(), body));
}

void add_input(std::vector<Specimen<Stamped>>& all) {
  all.push_back(said(
      R"({"ev": "waiting-input", "run": "r1", "seq": 4, "t": 1500, "prompt_id": 1, "prompt": "? ",
      "password": true, "source": "terminal"})",
      WaitingInput{1, "? ", true, PromptSource::terminal}));
  all.push_back(said(
      R"({"ev": "input-taken", "run": "r1", "seq": 4, "t": 1500, "prompt_id": 1, "outcome": "eof"})",
      InputTaken{1, InputOutcome::eof}));
  all.push_back(
      said(R"({"ev": "resized", "run": "r1", "seq": 4, "t": 1500, "rows": 0, "cols": 80})",
           Resized{0, 80}));
}

void add_endings(std::vector<Specimen<Stamped>>& all) {
  all.push_back(said(
      R"({"ev": "build-finished", "run": "r1", "seq": 4, "t": 1500, "exit": 2, "signal": null})",
      StepFinished{Phase::build, 2, {}}));
  all.push_back(said(
      R"({"ev": "clean-finished", "run": "r1", "seq": 4, "t": 1500, "exit": null, "signal": 9})",
      StepFinished{Phase::clean, {}, 9}));
  Finished well;
  well.exit = 0;
  all.push_back(said(
      R"({"ev": "finished", "run": "r1", "seq": 4, "t": 1500, "status": "ok", "cause": "", "exit": 0,
      "signal": null, "usage": {"wall_ms": 0, "cpu_ms": 0, "max_rss": 0}, "bytes": {"stdout": 0, "stderr": 0}})",
      well));
  all.push_back(said(R"({"ev": "finished", "run": "r1", "seq": 4, "t": 1500, "status": "crashed",
      "cause": "It died of SIGSEGV.", "exit": null, "signal": 11,
      "usage": {"wall_ms": 1200, "cpu_ms": 7, "max_rss": 1048576}, "bytes": {"stdout": 5, "stderr": 6},
      "error": {"name": "Segfault", "message": "bad"}, "context": "lost", "open": true})",
                     worst()));
  all.push_back(said(R"({"ev": "closed", "run": "r1", "seq": 4, "t": 1500})", Closed{}));
}

}  // namespace

std::vector<Specimen<Stamped>> events() {
  std::vector<Specimen<Stamped>> all;
  all.push_back(
      said(R"({"ev": "accepted", "run": "r1", "seq": 4, "t": 1500, "queued": 2, "cwd": "/w",
      "meta": {"a": 1}, "wall": 1793000000000000})",
           Accepted{2, "/w", raw(R"({"a": 1})"), 1793000000000000}));
  all.push_back(
      said(R"({"ev": "started", "run": "r1", "seq": 4, "t": 1500, "pid": 77})", Started{77, {}}));
  all.push_back(
      said(R"({"ev": "started", "run": "r1", "seq": 4, "t": 1500, "pid": 77, "phase": "clean"})",
           Started{77, Phase::clean}));
  add_output(all);
  add_input(all);
  all.push_back(
      said(R"({"ev": "clear", "run": "r1", "seq": 4, "t": 1500, "wait": true})", Cleared{true}));
  all.push_back(
      said(R"({"ev": "error", "run": "r1", "seq": 4, "t": 1500, "kind": "context-lost", "name": "E",
      "message": "m", "traceback": []})",
           ErrorRaised{ErrorKind::context_lost, "E", "m", {}, "", {}, {}}));
  all.push_back(
      said(R"({"ev": "error", "run": "r1", "seq": 4, "t": 1500, "kind": "compile", "name": "E",
      "message": "m", "traceback": ["a", "b"], "file": "x.c", "line": 3, "column": 0})",
           ErrorRaised{ErrorKind::compile, "E", "m", {"a", "b"}, "x.c", 3, 0}));
  all.push_back(
      said(R"({"ev": "progress", "run": "r1", "seq": 4, "t": 1500, "current": 0.5, "total": 3.0,
      "label": "ü"})",
           Progressed{0.5, 3, "ü"}));
  all.push_back(
      said(R"({"ev": "note", "run": "r1", "seq": 4, "t": 1500, "kind": "held-open", "text": "7"})",
           Note{"held-open", "7"}));
  all.push_back(
      said(R"({"ev": "gap", "run": "r1", "seq": 4, "t": 1500, "from": 1, "to": 4, "bytes": 99})",
           Gap{1, 4, 99}));
  add_endings(all);
  return all;
}

}  // namespace quern::specimens
