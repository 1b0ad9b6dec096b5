// SPDX-License-Identifier: Apache-2.0
// What the command line asks for, as values: one struct a command.
#pragma once

#include "common.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quern {

struct RunOptions {
  std::string lang;
  std::optional<std::string> code;
  std::string file;  // "-": stdin
  bool batch = false;
  std::string ctx = "main";
  std::optional<std::string> build, exec, clean;
  std::string as;
  std::vector<std::string> limits, env, args;
  std::string cwd;
  std::string name;
  bool no_stdin = false;
  bool merge = false;
  bool keep = false;
  bool detach = false;
};
struct TtyOptions {
  std::string lang;
  std::vector<std::string> command;
  std::vector<std::string> limits, env;
  std::string cwd;
  std::string name;
  std::string escape = "^\\";
  bool keep = false;
};
struct ReplOptions {
  std::string lang = "python";
  std::string ctx = "main";
  bool plain = false;
};
struct LangsOptions {};
struct StatusOptions {};
struct MetricsOptions {};
struct PsOptions {};
struct TopOptions {
  std::string every = "1s";
  bool once = false;
};
struct InterruptOptions {
  std::string run;
};
struct SignalOptions {
  std::string run, signal;
};
struct AttachOptions {
  std::string run;
  std::string tail;  // a size; empty: from the start
  std::string escape = "^\\";
};
struct WaitOptions {
  std::string run, timeout;
};
struct OutputOptions {
  std::string run;
  bool err = false;
  std::int64_t from = 0;
};
struct LogsOptions {
  std::string run;
  bool follow = false;
  std::string tail;  // a size; empty: from the start
};
struct ForgetOptions {
  std::string run;
};
struct ContextOptions {
  bool close = false;
  std::string lang;
  std::string ctx = "main";
};
struct OpenOptions {
  std::string lang;
  std::string ctx = "main";
  std::vector<std::string> limits, env;
  std::string cwd, idle;
};
// complete, inspect and check: three questions about code.
struct AdviceOptions {
  enum class What { complete, inspect, check };
  What what = What::complete;
  std::string lang;
  std::string ctx = "main";
  std::string code;  // "-": stdin
  std::optional<std::uint64_t> cursor;
  bool detail = false;
};
struct PutOptions {
  std::string local;  // "-": stdin
  std::string remote, mode;
  bool atomic = false;
};
struct GetOptions {
  std::string remote, local;  // "-": stdout
};
struct ListOptions {
  std::string path = ".";
};
struct StatOptions {
  std::string path;
  bool sha256 = false;
};
struct RemoveOptions {
  std::vector<std::string> paths;
  bool recursive = false;
};
struct MoveOptions {
  std::string path, to;
};
struct BenchOptions {
  std::vector<std::string> langs;
  std::optional<std::string> code;  // else nothing at all, which every language can run
  std::string time = "1s";          // for each measure
};
struct KeygenOptions {
  std::string out = "quern.key";
};
struct EmbedOptions {
  std::vector<std::string> langs;
  std::string root;
};
struct ShutdownOptions {
  std::string grace = "2s";
};

struct Invocation {
  Common common;
  std::variant<RunOptions, TtyOptions, ReplOptions, LangsOptions, StatusOptions, MetricsOptions,
               PsOptions, LogsOptions, TopOptions, BenchOptions, InterruptOptions, SignalOptions,
               AttachOptions, WaitOptions, OutputOptions, ForgetOptions, ContextOptions,
               OpenOptions, AdviceOptions, PutOptions, GetOptions, ListOptions, StatOptions,
               RemoveOptions, MoveOptions, ShutdownOptions, KeygenOptions, EmbedOptions>
      command;
};

// Empty: help or version was asked for and has been printed. Throws Failure for what it cannot make
// sense of.
std::optional<Invocation> read_command_line(std::vector<std::string> words);

}  // namespace quern
