// SPDX-License-Identifier: Apache-2.0
// Events in words, for the reports of failed tests. Never compared.
#pragma once

#include "event.hpp"
#include "reply.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace quern {

struct InWords {
  static std::string number(const std::optional<int>& value) {
    return value ? std::to_string(*value) : "-";
  }
  std::string operator()(const Accepted& e) const {
    return "accepted queued=" + std::to_string(e.queued) + " cwd=" + e.cwd;
  }
  std::string operator()(const Started& e) const {
    return "started pid=" + std::to_string(e.pid) +
           (e.phase ? " phase=" + std::to_string(static_cast<int>(*e.phase)) : "");
  }
  std::string operator()(const StepFinished& e) const {
    return "step-finished phase=" + std::to_string(static_cast<int>(e.phase)) +
           " exit=" + number(e.exit) + " signal=" + number(e.signal);
  }
  std::string operator()(const Output& e) const {
    std::string bytes(e.bytes.view().substr(0, 40));
    return std::string(e.stream == Stream::out ? "stdout" : "stderr") +
           " off=" + std::to_string(e.off) + (e.late ? " late" : "") + " '" + bytes + "' (" +
           std::to_string(e.bytes.size()) + ")";
  }
  std::string operator()(const Shown& e) const {
    return (e.result ? "result " : "display ") + std::to_string(e.bytes.size());
  }
  std::string operator()(const Cleared&) const { return "clear"; }
  std::string operator()(const ErrorRaised& e) const {
    return "error kind=" + std::to_string(static_cast<int>(e.kind)) + " " + e.name + ": " +
           e.message;
  }
  std::string operator()(const WaitingInput& e) const {
    return "waiting-input " + std::to_string(e.prompt_id) + " '" + e.prompt + "'";
  }
  std::string operator()(const InputTaken& e) const {
    return "input-taken " + std::to_string(e.prompt_id) + " " +
           std::to_string(static_cast<int>(e.outcome));
  }
  std::string operator()(const Resized&) const { return "resized"; }
  std::string operator()(const Progressed& e) const {
    return "progress " + std::to_string(e.current);
  }
  std::string operator()(const Note& e) const { return "note " + e.kind + ": " + e.text; }
  std::string operator()(const Gap& e) const {
    return "gap " + std::to_string(e.from) + ".." + std::to_string(e.to) + " " +
           std::to_string(e.bytes);
  }
  std::string operator()(const Finished& e) const {
    return "finished status=" + std::to_string(static_cast<int>(e.status)) +
           " exit=" + number(e.exit) + " signal=" + number(e.signal) +
           " out=" + std::to_string(e.stdout_bytes) + " err=" + std::to_string(e.stderr_bytes) +
           (e.open ? " open" : "") + " '" + e.cause + "'";
  }
  std::string operator()(const Closed&) const { return "closed"; }
};

}  // namespace quern

namespace Catch {

template <>
struct StringMaker<quern::Event> {
  static std::string convert(const quern::Event& event) {
    return "\n  " + std::visit(quern::InWords{}, event);
  }
};
template <>
struct StringMaker<quern::Stamped> {
  static std::string convert(const quern::Stamped& one) {
    return "\n  " + one.run + " " + std::to_string(one.seq) + " " +
           std::visit(quern::InWords{}, one.event);
  }
};
template <>
struct StringMaker<quern::Finished> {
  static std::string convert(const quern::Finished& one) { return quern::InWords{}(one); }
};
template <>
struct StringMaker<quern::Error> {
  static std::string convert(const quern::Error& one) {
    return "error " + std::to_string(static_cast<int>(one.code)) + " '" + one.message + "'";
  }
};
template <>
struct StringMaker<quern::Reply> {
  static std::string convert(const quern::Reply& reply) {
    if (const auto* error = std::get_if<quern::Error>(&reply))
      return StringMaker<quern::Error>::convert(*error);
    return "reply of kind " + std::to_string(reply.index());
  }
};

}  // namespace Catch
