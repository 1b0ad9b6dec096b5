// SPDX-License-Identifier: Apache-2.0
// The field table of `run`, the largest request, and what must hold between its fields.
#pragma once

#include "native_fields_request.hpp"

namespace quern::native {

// A file as the head tells it; its contents stand in the body.
struct FileHead {
  std::string path;
  std::uint64_t size = 0;
  std::uint32_t mode = File{}.mode;
};
template <>
struct Table<FileHead> {
  static void fields(auto& v) {
    v.required("path", &FileHead::path, path_shape);
    v.required("size", &FileHead::size);
    v.optional("mode", &FileHead::mode, mode_range);
  }
};

template <>
struct Table<TerminalSize> {
  static void fields(auto& v) {
    v.optional("rows", &TerminalSize::rows, cells_range);
    v.optional("cols", &TerminalSize::cols, cells_range);
    v.optional("term", &TerminalSize::term, Bytes{});
  }
};

template <>
struct Table<StartRun> {
  static constexpr std::string_view name = "run";
  static void fields(auto& v) {
    v.required("mode", &StartRun::mode);
    v.optional("lang", &StartRun::lang);
    v.optional("boot", &StartRun::boot);
    v.optional("ctx", &StartRun::ctx, named);
    v.optional("build", &StartRun::build);
    v.optional("exec", &StartRun::exec);
    v.optional("clean", &StartRun::clean);
    v.optional("file", &StartRun::file, Bytes{});
    v.template code_and_files<FileHead>(&StartRun::code, "files", &StartRun::files);
    v.optional("command", &StartRun::command, Arguments{});
    v.optional("argv", &StartRun::argv, Arguments{});
    v.optional("env", &StartRun::env, Variables{});
    v.optional("cwd", &StartRun::cwd, Bytes{});
    v.optional("stdin", &StartRun::input);
    v.optional("merge", &StartRun::merge);
    v.optional("tty", &StartRun::tty);
    v.optional("limits", &StartRun::limits);
    v.optional("background", &StartRun::background);
    v.optional("silent", &StartRun::silent);
    v.optional("stop_on_error", &StartRun::stop_on_error);
    v.optional("lease_ms", &StartRun::lease);
    v.optional("window", &StartRun::window, window_range);
    v.optional("overflow", &StartRun::overflow);
    v.optional("keep_ms", &StartRun::keep);
    v.optional("meta", &StartRun::meta, AnyMap{.most = max_meta});
  }
  static bool holds(const StartRun& run, Fault& fault);
};

}  // namespace quern::native
