// SPDX-License-Identifier: Apache-2.0
// What the daemon answers: one plain struct for each op that answers more than `ok`.
//
// Exactly one Reply goes out for each request (only `ack` has none). An Error alternative is a
// failing reply; its message is the sentence that the person at the other end reads.
#pragma once

#include "error.hpp"
#include "event.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quern {

struct Ok {
  friend bool operator==(const Ok&, const Ok&) = default;
};
struct LanguageInfo {
  std::string name;
  std::string title;
  std::string version;  // empty: not known yet
  std::vector<std::string> modes;
  bool kept = false;  // context: "kept" or "fresh"
  friend bool operator==(const LanguageInfo&, const LanguageInfo&) = default;
};
struct HelloReply {
  std::int64_t protocol = 1;
  std::string daemon;
  std::string boot;
  std::string conn;
  std::int64_t pid = 0;
  std::vector<LanguageInfo> languages;
  std::vector<std::string> features;
  std::map<std::string, std::uint64_t> limits;
  friend bool operator==(const HelloReply&, const HelloReply&) = default;
};
struct PingReply {
  std::string conn;
  std::string boot;
  friend bool operator==(const PingReply&, const PingReply&) = default;
};
struct RunReply {
  std::string run;
  friend bool operator==(const RunReply&, const RunReply&) = default;
};
enum class RunState { queued, running, waiting_input, finished };
// The failing reply to a `run` whose name is taken.
struct ExistsReply {
  std::string message;
  RunState state = RunState::queued;
  bool same = false;
  friend bool operator==(const ExistsReply&, const ExistsReply&) = default;
};
// The failing reply to a `hello` of another protocol number.
struct ProtocolReply {
  std::string message;
  std::vector<std::int64_t> protocols;
  friend bool operator==(const ProtocolReply&, const ProtocolReply&) = default;
};
struct DeliveredReply {
  bool delivered = false;
  friend bool operator==(const DeliveredReply&, const DeliveredReply&) = default;
};
struct AttachReply {
  std::int64_t next = 0;
  RunState state = RunState::queued;
  friend bool operator==(const AttachReply&, const AttachReply&) = default;
};
struct OutputReply {
  std::uint64_t from = 0;
  std::uint64_t size = 0;
  bool eof = false;
  Blob bytes;
  friend bool operator==(const OutputReply&, const OutputReply&) = default;
};
struct WaitReply {
  RunState state = RunState::queued;
  std::optional<WaitingInput> prompt;
  std::optional<Finished> finished;
  friend bool operator==(const WaitReply&, const WaitReply&) = default;
};
struct ContextReply {
  std::int64_t gen = 0;
  std::optional<std::int64_t> pid;
  friend bool operator==(const ContextReply&, const ContextReply&) = default;
};
struct Match {
  std::string text;
  std::string type;  // empty: none told
  friend bool operator==(const Match&, const Match&) = default;
};
struct CompleteReply {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::vector<Match> matches;
  bool more = false;   // there were more than one reply holds
  bool fresh = false;  // told by an interpreter that does not have the context
  friend bool operator==(const CompleteReply&, const CompleteReply&) = default;
};
struct InspectReply {
  bool found = false;
  std::map<std::string, std::string> data;
  bool fresh = false;
  friend bool operator==(const InspectReply&, const InspectReply&) = default;
};
enum class Completeness { complete, incomplete, invalid, unknown };
struct CheckReply {
  Completeness state = Completeness::unknown;
  std::string indent;
  bool fresh = false;
  friend bool operator==(const CheckReply&, const CheckReply&) = default;
};
// How a language looks, for who colours it; what its adapter does not say is empty.
struct SyntaxReply {
  std::string comment;                     // begins one that its line ends
  std::vector<std::string> block_comment;  // what begins and what ends one, or nothing
  std::vector<std::string> strings;        // quotes, the longest first
  std::vector<std::string> multiline;      // those of them that a line's end does not end
  std::vector<std::string> raw;            // those in which a backslash stands for itself
  std::string word_end;                    // what a word may end with besides letters: ?!
  std::vector<std::string> keywords;
  friend bool operator==(const SyntaxReply&, const SyntaxReply&) = default;
};
struct PutReply {
  std::uint64_t size = 0;
  friend bool operator==(const PutReply&, const PutReply&) = default;
};
struct GetReply {
  std::uint64_t size = 0;
  bool eof = false;
  Blob bytes;
  friend bool operator==(const GetReply&, const GetReply&) = default;
};
struct FileEntry {
  std::string name;
  std::string type;  // "file", "dir", "link", "other"
  std::uint64_t size = 0;
  std::uint32_t mode = 0;
  std::int64_t mtime = 0;
  friend bool operator==(const FileEntry&, const FileEntry&) = default;
};
struct ListReply {
  std::vector<FileEntry> entries;
  bool more = false;
  friend bool operator==(const ListReply&, const ListReply&) = default;
};
struct StatReply {
  std::string type;
  std::uint64_t size = 0;
  std::uint32_t mode = 0;
  std::int64_t mtime = 0;
  std::string sha256;  // empty: not asked for
  friend bool operator==(const StatReply&, const StatReply&) = default;
};
// Of a run that executes, at this moment.
struct RunUsage {
  milliseconds cpu{0};
  std::uint64_t rss = 0;
  std::uint64_t processes = 0;
  friend bool operator==(const RunUsage&, const RunUsage&) = default;
};
struct RunBytes {
  std::uint64_t out = 0;
  std::uint64_t err = 0;
  friend bool operator==(const RunBytes&, const RunBytes&) = default;
};
struct RunInfo {
  std::string run;
  RunMode mode = RunMode::batch;
  std::string lang;
  std::string ctx;
  RunState state = RunState::queued;
  std::optional<std::int64_t> pid;
  std::int64_t seq = 0;    // the last event's
  std::uint64_t held = 0;  // bytes in its journal
  RawMap meta;
  milliseconds age{0};  // since it was accepted; of a finished one, to its end
  RunBytes bytes;
  std::optional<RunUsage> usage;  // when it was asked for
  friend bool operator==(const RunInfo&, const RunInfo&) = default;
};
struct ContextInfo {
  std::string lang;
  std::string ctx;
  std::int64_t gen = 0;
  std::int64_t pid = 0;
  std::string state;  // "starting", "idle", "busy"
  std::uint64_t rss = 0;
  friend bool operator==(const ContextInfo&, const ContextInfo&) = default;
};
struct StatusReply {
  milliseconds uptime{0};
  std::uint64_t rss = 0;
  milliseconds cpu{0};  // of the daemon itself
  std::vector<RunInfo> runs;
  std::vector<ContextInfo> contexts;
  std::map<std::string, std::uint64_t> counters;
  friend bool operator==(const StatusReply&, const StatusReply&) = default;
};

using Reply = std::variant<Error, Ok, HelloReply, PingReply, RunReply, ExistsReply, ProtocolReply,
                           DeliveredReply, AttachReply, OutputReply, WaitReply, ContextReply,
                           CompleteReply, InspectReply, CheckReply, SyntaxReply, PutReply, GetReply,
                           ListReply, StatReply, StatusReply>;

}  // namespace quern
