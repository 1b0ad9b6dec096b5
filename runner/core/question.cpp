// SPDX-License-Identifier: Apache-2.0
#include "question.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace quern {

namespace {

// A reply is one head: matches and texts share its room with what packing adds to them, and each
// byte that is not UTF-8 is told by the three of U+FFFD.
constexpr std::size_t most_matches = 10'000;
constexpr std::size_t most_match_bytes = 256 * kib;
constexpr std::size_t most_text = 256 * kib;
constexpr std::size_t most_mimes = 4;
constexpr std::size_t most_mime = 255;
constexpr std::size_t most_indent = 4 * kib;
constexpr std::size_t overhead_of_match = 24;

constexpr std::array<std::pair<std::string_view, Completeness>, 4> states{
    {{"complete", Completeness::complete},
     {"incomplete", Completeness::incomplete},
     {"invalid", Completeness::invalid},
     {"unknown", Completeness::unknown}}};

Error wrong(Question::Kind kind, const std::string& what) {
  return {ErrorCode::internal, "The interpreter's answer to `" + std::string(name_of(kind)) +
                                   "` cannot be used: " + what + "."};
}

Reply completion(std::uint64_t size, const WorkerFrame& frame) {
  std::optional<std::int64_t> start = number(frame, "start"), end = number(frame, "end");
  const std::string* items = frame.part("items");
  if (!start || !end || !items)
    return wrong(Question::Kind::complete, "it has no start, no end or no items");
  if (*start < 0 || *end < *start || static_cast<std::uint64_t>(*end) > size)
    return wrong(Question::Kind::complete, "its start and end are not within the code");
  CompleteReply reply;
  reply.start = static_cast<std::uint64_t>(*start);
  reply.end = static_cast<std::uint64_t>(*end);
  std::size_t bytes = 0;
  for (std::string_view rest = *items; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    std::string_view text = line.substr(0, line.find('\t'));
    if (text.empty()) return wrong(Question::Kind::complete, "a match is empty");
    std::string_view type = line.substr(std::min(line.size(), text.size() + 1));
    bytes += line.size() + overhead_of_match;
    if (bytes > most_match_bytes || reply.matches.size() == most_matches) {
      reply.more = true;
      break;
    }
    reply.matches.push_back({std::string(text), std::string(type)});
  }
  return reply;
}

Reply inspection(const WorkerFrame& frame) {
  InspectReply reply;
  reply.found = true;
  for (const auto& [mime, text] : frame.parts) {
    if (mime.find('/') == std::string::npos || mime.size() > most_mime) {
      return wrong(Question::Kind::inspect, "a part's name is no MIME type");
    }
    if (reply.data.size() < most_mimes) reply.data[mime] = clipped(text, most_text / most_mimes);
  }
  if (reply.data.empty()) return wrong(Question::Kind::inspect, "it has found nothing to show");
  return reply;
}

Reply completeness(const WorkerFrame& frame) {
  const std::string* indent = frame.part("indent");
  for (const auto& [word, state] : states) {
    if (frame.attribute("state") != word) continue;
    if (indent && indent->size() > most_indent)
      return wrong(Question::Kind::check, "its indent is too long");
    return CheckReply{state, indent ? *indent : "", false};
  }
  return wrong(Question::Kind::check, "its state is none of the four");
}

}  // namespace

Question question_of(Complete& op) {
  return {Question::Kind::complete, std::move(op.code), op.cursor, 0};
}
Question question_of(Inspect& op) {
  return {Question::Kind::inspect, std::move(op.code), op.cursor, op.detail};
}
Question question_of(Check& op) { return {Question::Kind::check, std::move(op.code), 0, 0}; }

const char* name_of(Question::Kind kind) {
  switch (kind) {
    case Question::Kind::complete: return "complete";
    case Question::Kind::inspect: return "inspect";
    case Question::Kind::check: break;
  }
  return "check";
}

WorkerFrame frame_of(Question& question) {
  WorkerFrame frame{name_of(question.kind), {}, {{"code", std::move(question.code)}}};
  if (question.kind != Question::Kind::check)
    frame.attributes.emplace_back("cursor", std::to_string(question.cursor));
  if (question.kind == Question::Kind::inspect)
    frame.attributes.emplace_back("detail", std::to_string(question.detail));
  return frame;
}

bool answers(Question::Kind kind, const WorkerFrame& frame) {
  switch (kind) {
    case Question::Kind::complete: return frame.kind == "matches" || frame.kind == "error";
    case Question::Kind::inspect: return frame.kind == "found" || frame.kind == "error";
    case Question::Kind::check: break;
  }
  return frame.kind == "checked" || frame.kind == "error";
}

Reply reply_of(Question::Kind kind, std::uint64_t size, const std::optional<WorkerFrame>& answer) {
  if (!answer && kind == Question::Kind::inspect) return InspectReply{};
  if (!answer) return wrong(kind, "there is none");
  if (answer->kind == "error") {
    const std::string* message = answer->part("message");
    return wrong(kind, message ? "it failed: " + clipped(*message, kib) : "it failed");
  }
  switch (kind) {
    case Question::Kind::complete: return completion(size, *answer);
    case Question::Kind::inspect: return inspection(*answer);
    case Question::Kind::check: break;
  }
  return completeness(*answer);
}

bool mark_fresh(Reply& reply) {
  if (auto* completion = std::get_if<CompleteReply>(&reply)) {
    completion->fresh = true;
    return !completion->matches.empty();
  }
  if (auto* inspection = std::get_if<InspectReply>(&reply)) {
    inspection->fresh = true;
    return inspection->found;
  }
  if (auto* check = std::get_if<CheckReply>(&reply)) check->fresh = true;
  return !std::holds_alternative<Error>(reply);
}

}  // namespace quern
