// SPDX-License-Identifier: Apache-2.0
// What a client asks, in the imperative: one plain struct an op, with the protocol's defaults.
//
// These are values: a codec makes them from bytes, the dispatcher visits them, tests write them by
// hand. A new op is a new struct in Op, and the build breaks wherever it is not handled.
#pragma once

#include "limits.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quern {

using std::chrono::milliseconds;
using Environment = std::map<std::string, std::string>;

// A MessagePack map that we carry and give back but never look into.
struct RawMap {
  std::string bytes = "\x80";  // the empty map

  friend bool operator==(const RawMap&, const RawMap&) = default;
};

struct RunLimits {
  std::optional<milliseconds> wall;
  std::optional<milliseconds> cpu;
  std::optional<std::uint64_t> memory;
  std::optional<std::uint64_t> output;
  std::optional<std::uint64_t> processes;
  std::optional<std::uint64_t> fsize;

  friend bool operator==(const RunLimits&, const RunLimits&) = default;
};

// One step of a batch run: nothing, what the adapter's rules say, a shell command, or an argv.
struct Skip {
  friend bool operator==(const Skip&, const Skip&) = default;
};
struct Heuristic {
  friend bool operator==(const Heuristic&, const Heuristic&) = default;
};
using Argv = std::vector<std::string>;
using Step = std::variant<Skip, Heuristic, std::string, Argv>;

struct File {
  std::string path;
  std::string bytes;
  std::uint32_t mode = 0644;

  friend bool operator==(const File&, const File&) = default;
};

struct TerminalSize {
  std::uint16_t rows = 24;
  std::uint16_t cols = 80;
  std::string term = "xterm-256color";

  friend bool operator==(const TerminalSize&, const TerminalSize&) = default;
};

enum class RunMode { query, batch, tty };
enum class Stdin { ask, none };
enum class Background { end, keep };
enum class Overflow { block, drop };

struct Hello {
  std::int64_t protocol = 0;
  std::string client;
  bool versions = true;  // of languages: their programs are asked, which takes a moment
  friend bool operator==(const Hello&, const Hello&) = default;
};
struct Ping {
  friend bool operator==(const Ping&, const Ping&) = default;
};
struct StartRun {
  RunMode mode = RunMode::batch;
  std::string lang;  // empty: none named
  std::string boot;  // empty: any
  std::string ctx = "main";
  Step build = Skip{};
  Step exec = Heuristic{};
  Step clean = Skip{};
  std::string code;
  std::string file;  // empty: the adapter's main file
  std::vector<File> files;
  Argv command;
  Argv argv;
  Environment env;
  std::string cwd;  // empty: the default
  Stdin input = Stdin::ask;
  bool merge = false;
  TerminalSize tty;
  RunLimits limits;
  Background background = Background::end;
  bool silent = false;
  bool stop_on_error = false;
  milliseconds lease{0};
  std::uint64_t window = default_window;
  std::optional<Overflow> overflow;  // absent: block, and for a tty drop
  milliseconds keep = default_keep;
  RawMap meta;
  std::string traceparent;        // taken out of meta, empty when absent
  std::uint64_t fingerprint = 0;  // of the whole request: tells a repetition from a reuse of a name
  friend bool operator==(const StartRun&, const StartRun&) = default;
};
struct Input {
  std::string run;
  std::string bytes;
  bool eof = false;
  std::optional<std::int64_t> prompt_id;
  friend bool operator==(const Input&, const Input&) = default;
};
struct Resize {
  std::string run;
  std::uint16_t rows = 0;
  std::uint16_t cols = 0;
  friend bool operator==(const Resize&, const Resize&) = default;
};
struct Interrupt {
  std::string run;
  milliseconds grace = default_grace;
  friend bool operator==(const Interrupt&, const Interrupt&) = default;
};
struct Signal {
  std::string run;
  std::string signal;  // "INT", "TERM", …: one of the nine that the protocol names
  friend bool operator==(const Signal&, const Signal&) = default;
};
struct Attach {
  std::string run;
  std::int64_t after = -1;
  std::optional<std::uint64_t> tail;  // bytes; instead of after
  std::uint64_t window = default_window;
  friend bool operator==(const Attach&, const Attach&) = default;
};
struct Detach {
  std::string run;
  friend bool operator==(const Detach&, const Detach&) = default;
};
struct Ack {
  std::string run;
  std::int64_t seq = 0;
  friend bool operator==(const Ack&, const Ack&) = default;
};
enum class Stream { out, err };
struct ReadOutput {
  std::string run;
  Stream stream = Stream::out;
  std::int64_t from = 0;                // negative: counted from the end
  std::optional<std::uint64_t> length;  // absent: as much as one body holds
  friend bool operator==(const ReadOutput&, const ReadOutput&) = default;
};
struct Wait {
  std::string run;
  std::optional<milliseconds> timeout;  // absent: until it finishes or waits for input
  friend bool operator==(const Wait&, const Wait&) = default;
};
struct Forget {
  std::string run;
  friend bool operator==(const Forget&, const Forget&) = default;
};
struct OpenContext {
  std::string lang;
  std::string ctx = "main";
  Environment env;
  std::string cwd;
  RunLimits limits;
  milliseconds idle{0};
  friend bool operator==(const OpenContext&, const OpenContext&) = default;
};
struct ResetContext {
  std::string lang;
  std::string ctx = "main";
  friend bool operator==(const ResetContext&, const ResetContext&) = default;
};
struct CloseContext {
  std::string lang;
  std::string ctx = "main";
  friend bool operator==(const CloseContext&, const CloseContext&) = default;
};
struct Complete {
  std::string lang;
  std::string ctx = "main";
  std::string code;
  std::uint64_t cursor = 0;
  friend bool operator==(const Complete&, const Complete&) = default;
};
struct Inspect {
  std::string lang;
  std::string ctx = "main";
  std::string code;
  std::uint64_t cursor = 0;
  std::int64_t detail = 0;
  friend bool operator==(const Inspect&, const Inspect&) = default;
};
struct Check {
  std::string lang;
  std::string ctx = "main";
  std::string code;
  friend bool operator==(const Check&, const Check&) = default;
};
struct DescribeSyntax {
  std::string lang;
  friend bool operator==(const DescribeSyntax&, const DescribeSyntax&) = default;
};
struct Put {
  std::string path;
  std::string bytes;
  std::uint64_t offset = 0;
  std::optional<bool> truncate;       // absent: at offset 0
  std::optional<std::uint32_t> mode;  // absent: 0644 for a new file, else as it was
  bool mkdirs = true;
  bool atomic = false;
  friend bool operator==(const Put&, const Put&) = default;
};
struct Get {
  std::string path;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
  friend bool operator==(const Get&, const Get&) = default;
};
struct List {
  std::string path;
  std::string after;
  std::uint64_t limit = 1000;
  friend bool operator==(const List&, const List&) = default;
};
struct Stat {
  std::string path;
  bool sha256 = false;
  friend bool operator==(const Stat&, const Stat&) = default;
};
struct Move {
  std::string path;
  std::string to;
  friend bool operator==(const Move&, const Move&) = default;
};
struct Remove {
  std::string path;
  bool recursive = false;
  friend bool operator==(const Remove&, const Remove&) = default;
};
struct Status {
  bool usage = false;  // measure what each run takes at this moment
  friend bool operator==(const Status&, const Status&) = default;
};
struct Shutdown {
  milliseconds grace = default_grace;
  friend bool operator==(const Shutdown&, const Shutdown&) = default;
};

using Op = std::variant<Hello, Ping, StartRun, Input, Resize, Interrupt, Signal, Attach, Detach,
                        Ack, ReadOutput, Wait, Forget, OpenContext, ResetContext, CloseContext,
                        Complete, Inspect, Check, DescribeSyntax, Put, Get, List, Stat, Move,
                        Remove, Status, Shutdown>;

struct Request {
  std::string id;
  Op op;
  std::map<std::string, std::int64_t>
      acks{};  // before the op: the seq up to which each run's events were taken
  friend bool operator==(const Request&, const Request&) = default;
};

}  // namespace quern
