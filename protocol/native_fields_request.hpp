// SPDX-License-Identifier: Apache-2.0
// The field tables of all requests but `run`: each op's name and keys, once, for both directions.
#pragma once

#include "native_shapes.hpp"
#include "native_text.hpp"

namespace quern::native {

inline constexpr Milliseconds grace_range{0, 600'000};
inline constexpr Integer<std::uint64_t> window_range{min_window, max_window};
inline constexpr Integer<std::uint16_t> cells_range{1, 0xFFFF};
inline constexpr Integer<std::uint32_t> mode_range{0, 07777};
inline constexpr Integer<std::uint64_t> at_least_one{1};
inline constexpr Integer<std::int64_t> not_negative{0};
inline constexpr Text named{.least = 1};
inline constexpr Bytes path_shape{.least = 1};
inline constexpr OneOf<9> signals{
    {"INT", "TERM", "KILL", "HUP", "USR1", "USR2", "QUIT", "STOP", "CONT"}};

// Code for an interpreter: it must be text, and the cursor must stand in it.
bool is_code(std::string_view code, Fault& fault);
bool is_code_with_cursor(std::string_view code, std::uint64_t cursor, Fault& fault);

template <>
struct Table<RunLimits> {
  static void fields(auto& v) {
    v.optional("wall_ms", &RunLimits::wall, Milliseconds{1});
    v.optional("cpu_ms", &RunLimits::cpu, Milliseconds{1});
    v.optional("memory", &RunLimits::memory, at_least_one);
    v.optional("output", &RunLimits::output, at_least_one);
    v.optional("processes", &RunLimits::processes, at_least_one);
    v.optional("fsize", &RunLimits::fsize, at_least_one);
  }
};

template <>
struct Table<Hello> {
  static constexpr std::string_view name = "hello";
  static void fields(auto& v) {
    v.required("protocol", &Hello::protocol);
    v.optional("client", &Hello::client);
    v.optional("versions", &Hello::versions);
  }
};
template <>
struct Table<Ping> {
  static constexpr std::string_view name = "ping";
  static void fields(auto&) {}
};
template <>
struct Table<Input> {
  static constexpr std::string_view name = "input";
  static void fields(auto& v) {
    v.required("run", &Input::run, Id{});
    v.optional("eof", &Input::eof);
    v.optional("prompt_id", &Input::prompt_id);
    v.body(&Input::bytes);
  }
};
template <>
struct Table<Resize> {
  static constexpr std::string_view name = "resize";
  static void fields(auto& v) {
    v.required("run", &Resize::run, Id{});
    v.required("rows", &Resize::rows, cells_range);
    v.required("cols", &Resize::cols, cells_range);
  }
};
template <>
struct Table<Interrupt> {
  static constexpr std::string_view name = "interrupt";
  static void fields(auto& v) {
    v.required("run", &Interrupt::run, Id{});
    v.optional("grace_ms", &Interrupt::grace, grace_range);
  }
};
template <>
struct Table<Signal> {
  static constexpr std::string_view name = "signal";
  static void fields(auto& v) {
    v.required("run", &Signal::run, Id{});
    v.required("signal", &Signal::signal, signals);
  }
};
template <>
struct Table<Attach> {
  static constexpr std::string_view name = "attach";
  static void fields(auto& v) {
    v.required("run", &Attach::run, Id{});
    v.optional("after", &Attach::after, Integer<std::int64_t>{-1});
    v.optional("tail", &Attach::tail);
    v.optional("window", &Attach::window, window_range);
  }
};
template <>
struct Table<Detach> {
  static constexpr std::string_view name = "detach";
  static void fields(auto& v) { v.required("run", &Detach::run, Id{}); }
};
template <>
struct Table<Ack> {
  static constexpr std::string_view name = "ack";
  static void fields(auto& v) {
    v.required("run", &Ack::run, Id{});
    v.required("seq", &Ack::seq, not_negative);
  }
};
template <>
struct Table<ReadOutput> {
  static constexpr std::string_view name = "output";
  static void fields(auto& v) {
    v.required("run", &ReadOutput::run, Id{});
    v.required("stream", &ReadOutput::stream);
    v.optional("from", &ReadOutput::from);
    v.optional("length", &ReadOutput::length);
  }
};
template <>
struct Table<Wait> {
  static constexpr std::string_view name = "wait";
  static void fields(auto& v) {
    v.required("run", &Wait::run, Id{});
    v.optional("timeout_ms", &Wait::timeout);
  }
};
template <>
struct Table<Forget> {
  static constexpr std::string_view name = "forget";
  static void fields(auto& v) { v.required("run", &Forget::run, Id{}); }
};
template <>
struct Table<OpenContext> {
  static constexpr std::string_view name = "open";
  static void fields(auto& v) {
    v.required("lang", &OpenContext::lang, named);
    v.optional("ctx", &OpenContext::ctx, named);
    v.optional("env", &OpenContext::env, Variables{});
    v.optional("cwd", &OpenContext::cwd, Bytes{});
    v.optional("limits", &OpenContext::limits);
    v.optional("idle_ms", &OpenContext::idle);
  }
};
template <>
struct Table<ResetContext> {
  static constexpr std::string_view name = "reset";
  static void fields(auto& v) {
    v.required("lang", &ResetContext::lang, named);
    v.optional("ctx", &ResetContext::ctx, named);
  }
};
template <>
struct Table<CloseContext> {
  static constexpr std::string_view name = "close";
  static void fields(auto& v) {
    v.required("lang", &CloseContext::lang, named);
    v.optional("ctx", &CloseContext::ctx, named);
  }
};
template <>
struct Table<Complete> {
  static constexpr std::string_view name = "complete";
  static void fields(auto& v) {
    v.required("lang", &Complete::lang, named);
    v.optional("ctx", &Complete::ctx, named);
    v.required("cursor", &Complete::cursor);
    v.body(&Complete::code);
  }
  static bool holds(const Complete& op, Fault& fault) {
    return is_code_with_cursor(op.code, op.cursor, fault);
  }
};
template <>
struct Table<Inspect> {
  static constexpr std::string_view name = "inspect";
  static void fields(auto& v) {
    v.required("lang", &Inspect::lang, named);
    v.optional("ctx", &Inspect::ctx, named);
    v.required("cursor", &Inspect::cursor);
    v.optional("detail", &Inspect::detail, Integer<std::int64_t>{0, 1});
    v.body(&Inspect::code);
  }
  static bool holds(const Inspect& op, Fault& fault) {
    return is_code_with_cursor(op.code, op.cursor, fault);
  }
};
template <>
struct Table<Check> {
  static constexpr std::string_view name = "check";
  static void fields(auto& v) {
    v.required("lang", &Check::lang, named);
    v.optional("ctx", &Check::ctx, named);
    v.body(&Check::code);
  }
  static bool holds(const Check& op, Fault& fault) { return is_code(op.code, fault); }
};
template <>
struct Table<DescribeSyntax> {
  static constexpr std::string_view name = "syntax";
  static void fields(auto& v) { v.required("lang", &DescribeSyntax::lang, named); }
};
template <>
struct Table<Put> {
  static constexpr std::string_view name = "put";
  static void fields(auto& v) {
    v.required("path", &Put::path, path_shape);
    v.optional("offset", &Put::offset);
    v.optional("truncate", &Put::truncate);
    v.optional("mode", &Put::mode, mode_range);
    v.optional("mkdirs", &Put::mkdirs);
    v.optional("atomic", &Put::atomic);
    v.body(&Put::bytes);
  }
};
template <>
struct Table<Get> {
  static constexpr std::string_view name = "get";
  static void fields(auto& v) {
    v.required("path", &Get::path, path_shape);
    v.optional("offset", &Get::offset);
    v.optional("length", &Get::length);
  }
};
template <>
struct Table<List> {
  static constexpr std::string_view name = "list";
  static void fields(auto& v) {
    v.required("path", &List::path, path_shape);
    v.optional("after", &List::after, Bytes{});
    v.optional("limit", &List::limit, at_least_one);
  }
};
template <>
struct Table<Stat> {
  static constexpr std::string_view name = "stat";
  static void fields(auto& v) {
    v.required("path", &Stat::path, path_shape);
    v.optional("sha256", &Stat::sha256);
  }
};
template <>
struct Table<Move> {
  static constexpr std::string_view name = "move";
  static void fields(auto& v) {
    v.required("path", &Move::path, path_shape);
    v.required("to", &Move::to, path_shape);
  }
};
template <>
struct Table<Remove> {
  static constexpr std::string_view name = "remove";
  static void fields(auto& v) {
    v.required("path", &Remove::path, path_shape);
    v.optional("recursive", &Remove::recursive);
  }
};
template <>
struct Table<Status> {
  static constexpr std::string_view name = "status";
  static void fields(auto& v) { v.optional("usage", &Status::usage); }
};
template <>
struct Table<Shutdown> {
  static constexpr std::string_view name = "shutdown";
  static void fields(auto& v) { v.optional("grace_ms", &Shutdown::grace, grace_range); }
};

}  // namespace quern::native
