// SPDX-License-Identifier: Apache-2.0
#include "native_names.hpp"

namespace quern::native {

std::string_view name(ErrorCode value) {
  switch (value) {
    case ErrorCode::bad_request: return "bad-request";
    case ErrorCode::unknown_op: return "unknown-op";
    case ErrorCode::unknown_run: return "unknown-run";
    case ErrorCode::unknown_language: return "unknown-language";
    case ErrorCode::unknown_context: return "unknown-context";
    case ErrorCode::exists: return "exists";
    case ErrorCode::busy: return "busy";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::limit: return "limit";
    case ErrorCode::denied: return "denied";
    case ErrorCode::not_found: return "not-found";
    case ErrorCode::io: return "io";
    case ErrorCode::closing: return "closing";
    case ErrorCode::internal: return "internal";
  }
  return {};
}

std::string_view name(RunMode value) {
  switch (value) {
    case RunMode::query: return "query";
    case RunMode::batch: return "batch";
    case RunMode::tty: return "tty";
  }
  return {};
}

std::string_view name(Stdin value) {
  switch (value) {
    case Stdin::ask: return "ask";
    case Stdin::none: return "none";
  }
  return {};
}

std::string_view name(Background value) {
  switch (value) {
    case Background::end: return "end";
    case Background::keep: return "keep";
  }
  return {};
}

std::string_view name(Overflow value) {
  switch (value) {
    case Overflow::block: return "block";
    case Overflow::drop: return "drop";
  }
  return {};
}

std::string_view name(Stream value) {
  switch (value) {
    case Stream::out: return "stdout";
    case Stream::err: return "stderr";
  }
  return {};
}

std::string_view name(Phase value) {
  switch (value) {
    case Phase::build: return "build";
    case Phase::exec: return "exec";
    case Phase::clean: return "clean";
  }
  return {};
}

std::string_view name(ErrorKind value) {
  switch (value) {
    case ErrorKind::compile: return "compile";
    case ErrorKind::runtime: return "runtime";
    case ErrorKind::limit: return "limit";
    case ErrorKind::context_lost: return "context-lost";
    case ErrorKind::internal: return "internal";
  }
  return {};
}

std::string_view name(PromptSource value) {
  switch (value) {
    case PromptSource::asked: return "asked";
    case PromptSource::read: return "read";
    case PromptSource::terminal: return "terminal";
  }
  return {};
}

std::string_view name(InputOutcome value) {
  switch (value) {
    case InputOutcome::answered: return "answered";
    case InputOutcome::eof: return "eof";
    case InputOutcome::interrupted: return "interrupted";
    case InputOutcome::ended: return "ended";
  }
  return {};
}

std::string_view name(FinishedStatus value) {
  switch (value) {
    case FinishedStatus::ok: return "ok";
    case FinishedStatus::error: return "error";
    case FinishedStatus::build_failed: return "build-failed";
    case FinishedStatus::interrupted: return "interrupted";
    case FinishedStatus::timeout: return "timeout";
    case FinishedStatus::memory: return "memory";
    case FinishedStatus::output_limit: return "output-limit";
    case FinishedStatus::aborted: return "aborted";
    case FinishedStatus::crashed: return "crashed";
    case FinishedStatus::killed: return "killed";
  }
  return {};
}

std::string_view name(ContextFate value) {
  switch (value) {
    case ContextFate::kept: return "kept";
    case ContextFate::lost: return "lost";
  }
  return {};
}

std::string_view name(ContextState value) {
  switch (value) {
    case ContextState::ready: return "ready";
    case ContextState::lost: return "lost";
    case ContextState::closed: return "closed";
  }
  return {};
}

std::string_view name(RunState value) {
  switch (value) {
    case RunState::queued: return "queued";
    case RunState::running: return "running";
    case RunState::waiting_input: return "waiting-input";
    case RunState::finished: return "finished";
  }
  return {};
}

std::string_view name(Completeness value) {
  switch (value) {
    case Completeness::complete: return "complete";
    case Completeness::incomplete: return "incomplete";
    case Completeness::invalid: return "invalid";
    case Completeness::unknown: return "unknown";
  }
  return {};
}

}  // namespace quern::native
