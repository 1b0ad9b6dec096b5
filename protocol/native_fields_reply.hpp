// SPDX-License-Identifier: Apache-2.0
// The field tables of all replies: what stands beside `re` and `ok`.
#pragma once

#include "native_fields_event.hpp"
#include "native_shapes.hpp"

#include "reply.hpp"

namespace quern::native {

template <>
struct Table<Error> {
  static void fields(auto& v) {
    v.required("code", &Error::code);
    v.required("message", &Error::message);
  }
};
// These two are failures with a code of their own and something to go on with.
template <>
struct Table<ExistsReply> {
  static constexpr ErrorCode code = ErrorCode::exists;
  static void fields(auto& v) {
    v.required("message", &ExistsReply::message);
    v.required("state", &ExistsReply::state);
    v.required("same", &ExistsReply::same);
  }
};
template <>
struct Table<ProtocolReply> {
  static constexpr ErrorCode code = ErrorCode::unsupported;
  static void fields(auto& v) {
    v.required("message", &ProtocolReply::message);
    v.required("protocols", &ProtocolReply::protocols);
  }
};

template <>
struct Table<Ok> {
  static void fields(auto&) {}
};
template <>
struct Table<LanguageInfo> {
  static void fields(auto& v) {
    v.required("name", &LanguageInfo::name);
    v.required("title", &LanguageInfo::title);
    v.required("version", &LanguageInfo::version);
    v.required("modes", &LanguageInfo::modes);
    v.required("context", &LanguageInfo::kept, Either{"fresh", "kept"});
  }
};
template <>
struct Table<HelloReply> {
  static void fields(auto& v) {
    v.required("protocol", &HelloReply::protocol);
    v.required("daemon", &HelloReply::daemon);
    v.required("boot", &HelloReply::boot);
    v.required("conn", &HelloReply::conn);
    v.required("pid", &HelloReply::pid);
    v.required("languages", &HelloReply::languages);
    v.required("features", &HelloReply::features);
    v.required("limits", &HelloReply::limits);
  }
};
template <>
struct Table<PingReply> {
  static void fields(auto& v) {
    v.required("conn", &PingReply::conn);
    v.required("boot", &PingReply::boot);
  }
};
template <>
struct Table<RunReply> {
  static void fields(auto& v) { v.required("run", &RunReply::run); }
};
template <>
struct Table<DeliveredReply> {
  static void fields(auto& v) { v.required("delivered", &DeliveredReply::delivered); }
};
template <>
struct Table<AttachReply> {
  static void fields(auto& v) {
    v.required("next", &AttachReply::next);
    v.required("state", &AttachReply::state);
  }
};
template <>
struct Table<OutputReply> {
  static void fields(auto& v) {
    v.required("from", &OutputReply::from);
    v.required("size", &OutputReply::size);
    v.required("eof", &OutputReply::eof);
    v.body(&OutputReply::bytes);
  }
};
template <>
struct Table<WaitReply> {
  static void fields(auto& v) {
    v.required("state", &WaitReply::state);
    v.optional("prompt", &WaitReply::prompt);
    v.optional("finished", &WaitReply::finished);
  }
};
template <>
struct Table<ContextReply> {
  static void fields(auto& v) {
    v.required("gen", &ContextReply::gen);
    v.optional("pid", &ContextReply::pid);
  }
};
template <>
struct Table<Match> {
  static void fields(auto& v) {
    v.required("text", &Match::text);
    v.optional("type", &Match::type);
  }
};
template <>
struct Table<CompleteReply> {
  static void fields(auto& v) {
    v.required("start", &CompleteReply::start);
    v.required("end", &CompleteReply::end);
    v.required("matches", &CompleteReply::matches);
    v.optional("more", &CompleteReply::more);
    v.optional("fresh", &CompleteReply::fresh);
  }
};
template <>
struct Table<InspectReply> {
  static void fields(auto& v) {
    v.required("found", &InspectReply::found);
    v.required("data", &InspectReply::data);
    v.optional("fresh", &InspectReply::fresh);
  }
};
template <>
struct Table<CheckReply> {
  static void fields(auto& v) {
    v.required("state", &CheckReply::state);
    v.required("indent", &CheckReply::indent);
    v.optional("fresh", &CheckReply::fresh);
  }
};
template <>
struct Table<SyntaxReply> {
  static void fields(auto& v) {
    v.required("comment", &SyntaxReply::comment);
    v.required("block_comment", &SyntaxReply::block_comment);
    v.required("strings", &SyntaxReply::strings);
    v.required("multiline", &SyntaxReply::multiline);
    v.required("raw", &SyntaxReply::raw);
    v.required("word_end", &SyntaxReply::word_end);
    v.required("keywords", &SyntaxReply::keywords);
  }
};
template <>
struct Table<PutReply> {
  static void fields(auto& v) { v.required("size", &PutReply::size); }
};
template <>
struct Table<GetReply> {
  static void fields(auto& v) {
    v.required("size", &GetReply::size);
    v.required("eof", &GetReply::eof);
    v.body(&GetReply::bytes);
  }
};
template <>
struct Table<FileEntry> {
  static void fields(auto& v) {
    v.required("name", &FileEntry::name, Bytes{});
    v.required("type", &FileEntry::type);
    v.required("size", &FileEntry::size);
    v.required("mode", &FileEntry::mode);
    v.required("mtime", &FileEntry::mtime);
  }
};
template <>
struct Table<ListReply> {
  static void fields(auto& v) {
    v.required("entries", &ListReply::entries);
    v.required("more", &ListReply::more);
  }
};
template <>
struct Table<StatReply> {
  static void fields(auto& v) {
    v.required("type", &StatReply::type);
    v.required("size", &StatReply::size);
    v.required("mode", &StatReply::mode);
    v.required("mtime", &StatReply::mtime);
    v.optional("sha256", &StatReply::sha256);
  }
};
template <>
struct Table<RunUsage> {
  static void fields(auto& v) {
    v.required("cpu_ms", &RunUsage::cpu);
    v.required("rss", &RunUsage::rss);
    v.required("processes", &RunUsage::processes);
  }
};
template <>
struct Table<RunBytes> {
  static void fields(auto& v) {
    v.required("stdout", &RunBytes::out);
    v.required("stderr", &RunBytes::err);
  }
};
template <>
struct Table<RunInfo> {
  static void fields(auto& v) {
    v.required("run", &RunInfo::run);
    v.required("mode", &RunInfo::mode);
    v.required("lang", &RunInfo::lang);
    v.required("ctx", &RunInfo::ctx);
    v.required("state", &RunInfo::state);
    v.nullable("pid", &RunInfo::pid);
    v.required("seq", &RunInfo::seq);
    v.required("held", &RunInfo::held);
    v.optional("meta", &RunInfo::meta);
    v.nullable("age_ms", &RunInfo::age);
    v.nullable("bytes", &RunInfo::bytes);
    v.optional("usage", &RunInfo::usage);
  }
};
template <>
struct Table<ContextInfo> {
  static void fields(auto& v) {
    v.required("lang", &ContextInfo::lang);
    v.required("ctx", &ContextInfo::ctx);
    v.required("gen", &ContextInfo::gen);
    v.required("pid", &ContextInfo::pid);
    v.required("state", &ContextInfo::state);
    v.required("rss", &ContextInfo::rss);
  }
};
template <>
struct Table<StatusReply> {
  static void fields(auto& v) {
    v.required("uptime_ms", &StatusReply::uptime);
    v.required("rss", &StatusReply::rss);
    v.nullable("cpu_ms", &StatusReply::cpu);
    v.required("runs", &StatusReply::runs);
    v.required("contexts", &StatusReply::contexts);
    v.required("counters", &StatusReply::counters);
  }
};

}  // namespace quern::native
