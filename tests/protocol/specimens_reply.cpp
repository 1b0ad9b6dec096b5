// SPDX-License-Identifier: Apache-2.0
#include "specimens.hpp"

using namespace std::chrono_literals;

namespace quern::specimens {
namespace {

HelloReply hello() {
  HelloReply hello;
  hello.daemon = "quernd/1";
  hello.boot = "b";
  hello.conn = "c";
  hello.pid = 9;
  hello.languages = {{"c", "C", "", {"batch"}, false},
                     {"python", "Python", "3.11", {"batch", "query"}, true}};
  hello.features = {"wall:timer"};
  hello.limits = {{"body", 67108864}};
  return hello;
}

Finished finished() {
  Finished finished;
  finished.exit = 1;
  finished.status = FinishedStatus::error;
  return finished;
}

StatusReply status() {
  StatusReply status;
  status.uptime = 12ms;
  status.rss = 4;
  status.cpu = 3ms;
  status.runs = {{"r1", RunMode::query, "python", "main", RunState::waiting_input, 5, 6, 7,
                  raw(R"({"k": true})"), 9ms, RunBytes{8, 1}, RunUsage{2ms, 10, 1}},
                 {"r2", RunMode::batch, "", "", RunState::queued, {}, 0, 0, {}, 0ms, {}, {}}};
  status.contexts = {{"python", "main", 2, 5, "busy", 1}};
  status.counters = {{"runs", 3}};
  return status;
}

void add_failures(std::vector<Specimen<Reply>>& all) {
  all.push_back({R"({"re": "q7", "ok": false, "code": "unknown-run", "message": "No."})", "",
                 Error{ErrorCode::unknown_run, "No."}});
  all.push_back(
      {R"({"re": "q7", "ok": false, "code": "exists", "message": "It runs.", "state": "waiting-input",
      "same": true})",
       "", ExistsReply{"It runs.", RunState::waiting_input, true}});
  all.push_back(
      {R"({"re": "q7", "ok": false, "code": "unsupported", "message": "Only 1.", "protocols": [1]})",
       "", ProtocolReply{"Only 1.", {1}}});
}

void add_run_replies(std::vector<Specimen<Reply>>& all) {
  all.push_back({R"({"re": "q7", "ok": true, "run": "r1"})", "", RunReply{"r1"}});
  all.push_back({R"({"re": "q7", "ok": true, "delivered": true})", "", DeliveredReply{true}});
  all.push_back({R"({"re": "q7", "ok": true, "next": 4, "state": "finished"})", "",
                 AttachReply{4, RunState::finished}});
  all.push_back({R"({"re": "q7", "ok": true, "from": 1, "size": 4, "eof": true})", "\xff?",
                 OutputReply{1, 4, true, Blob("\xff?")}});
  all.push_back({R"({"re": "q7", "ok": true, "state": "running"})", "",
                 WaitReply{RunState::running, {}, {}}});
  all.push_back(
      {R"({"re": "q7", "ok": true, "state": "waiting-input",
      "prompt": {"prompt_id": 2, "prompt": "name", "password": false, "source": "asked"}})",
       "",
       WaitReply{
           RunState::waiting_input, WaitingInput{2, "name", false, PromptSource::asked}, {}}});
  all.push_back(
      {R"({"re": "q7", "ok": true, "state": "finished", "finished": {"status": "error", "cause": "",
      "exit": 1, "signal": null, "usage": {"wall_ms": 0, "cpu_ms": 0, "max_rss": 0},
      "bytes": {"stdout": 0, "stderr": 0}}})",
       "", WaitReply{RunState::finished, {}, finished()}});
}

void add_context_replies(std::vector<Specimen<Reply>>& all) {
  all.push_back({R"({"re": "q7", "ok": true, "gen": 1, "pid": 8})", "", ContextReply{1, 8}});
  all.push_back({R"({"re": "q7", "ok": true, "gen": 2})", "", ContextReply{2, {}}});
  all.push_back({R"({"re": "q7", "ok": true, "start": 0, "end": 3,
      "matches": [{"text": "print", "type": "function"}, {"text": "pri"}]})",
                 "", CompleteReply{0, 3, {{"print", "function"}, {"pri", ""}}}});
  all.push_back({R"({"re": "q7", "ok": true, "start": 1, "end": 1, "matches": [], "more": true,
      "fresh": true})",
                 "", CompleteReply{1, 1, {}, true, true}});
  all.push_back({R"({"re": "q7", "ok": true, "found": true, "data": {"text/plain": "doc"}})", "",
                 InspectReply{true, {{"text/plain", "doc"}}}});
  all.push_back({R"({"re": "q7", "ok": true, "found": false, "data": {}, "fresh": true})", "",
                 InspectReply{false, {}, true}});
  all.push_back({R"({"re": "q7", "ok": true, "state": "incomplete", "indent": "  "})", "",
                 CheckReply{Completeness::incomplete, "  "}});
  all.push_back({R"({"re": "q7", "ok": true, "state": "unknown", "indent": "", "fresh": true})", "",
                 CheckReply{Completeness::unknown, "", true}});
  all.push_back(
      {R"({"re": "q7", "ok": true, "comment": "--", "block_comment": ["--[[", "]]"],
      "strings": ["[[", "\""], "multiline": ["[["], "raw": ["[["], "word_end": "?",
      "keywords": ["end", "if"]})",
       "", SyntaxReply{"--", {"--[[", "]]"}, {"[[", "\""}, {"[["}, {"[["}, "?", {"end", "if"}}});
}

void add_file_replies(std::vector<Specimen<Reply>>& all) {
  all.push_back({R"({"re": "q7", "ok": true, "size": 5})", "", PutReply{5}});
  all.push_back({R"({"re": "q7", "ok": true, "size": 5, "eof": false})", "da",
                 GetReply{5, false, Blob("da")}});
  all.push_back({R"({"re": "q7", "ok": true, "more": true,
      "entries": [{"name": "a", "type": "file", "size": 1, "mode": 420, "mtime": -1}]})",
                 "", ListReply{{{"a", "file", 1, 0644, -1}}, true}});
  all.push_back({R"({"re": "q7", "ok": true, "type": "dir", "size": 0, "mode": 493, "mtime": 7})",
                 "", StatReply{"dir", 0, 0755, 7, ""}});
  all.push_back(
      {R"({"re": "q7", "ok": true, "type": "file", "size": 0, "mode": 493, "mtime": 7, "sha256": "e3"})",
       "", StatReply{"file", 0, 0755, 7, "e3"}});
}

}  // namespace

std::vector<Specimen<Reply>> replies() {
  std::vector<Specimen<Reply>> all;
  add_failures(all);
  all.push_back({R"({"re": "q7", "ok": true})", "", Ok{}});
  all.push_back(
      {R"({"re": "q7", "ok": true, "protocol": 1, "daemon": "quernd/1", "boot": "b", "conn": "c", "pid": 9,
      "languages": [{"name": "c", "title": "C", "version": "", "modes": ["batch"], "context": "fresh"},
        {"name": "python", "title": "Python", "version": "3.11", "modes": ["batch", "query"], "context": "kept"}],
      "features": ["wall:timer"], "limits": {"body": 67108864}})",
       "", hello()});
  all.push_back({R"({"re": "q7", "ok": true, "conn": "c", "boot": "b"})", "", PingReply{"c", "b"}});
  add_run_replies(all);
  add_context_replies(all);
  add_file_replies(all);
  all.push_back({R"({"re": "q7", "ok": true, "uptime_ms": 12, "rss": 4, "cpu_ms": 3,
      "runs": [{"run": "r1", "mode": "query", "lang": "python", "ctx": "main", "state": "waiting-input", "pid": 5,
          "seq": 6, "held": 7, "meta": {"k": true}, "age_ms": 9, "bytes": {"stdout": 8, "stderr": 1},
          "usage": {"cpu_ms": 2, "rss": 10, "processes": 1}},
        {"run": "r2", "mode": "batch", "lang": "", "ctx": "", "state": "queued", "pid": null, "seq": 0, "held": 0,
          "age_ms": 0, "bytes": {"stdout": 0, "stderr": 0}}],
      "contexts": [{"lang": "python", "ctx": "main", "gen": 2, "pid": 5, "state": "busy", "rss": 1}],
      "counters": {"runs": 3}})",
                 "", status()});
  return all;
}

}  // namespace quern::specimens
