// SPDX-License-Identifier: Apache-2.0
#include "view.hpp"

#include "json_text.hpp"

#include <algorithm>

namespace quern {
namespace {

std::string_view words_for(FinishedStatus status) {
  switch (status) {
    case FinishedStatus::ok: return "it ended well";
    case FinishedStatus::error: return "it failed";
    case FinishedStatus::build_failed: return "the build failed";
    case FinishedStatus::interrupted: return "it was interrupted";
    case FinishedStatus::timeout: return "it was stopped at its time limit";
    case FinishedStatus::memory: return "it was stopped at its memory limit";
    case FinishedStatus::output_limit: return "it was stopped at its output limit";
    case FinishedStatus::aborted: return "it was never started";
    case FinishedStatus::crashed: return "it crashed";
    case FinishedStatus::killed: return "it was killed";
  }
  return "it ended";
}

// Failures that the program itself has told about, or that the user has asked for.
bool speaks_for_itself(FinishedStatus status) {
  return status == FinishedStatus::ok || status == FinishedStatus::error ||
         status == FinishedStatus::interrupted || status == FinishedStatus::build_failed;
}

}  // namespace

void PlainView::show(const Stamped& event, const Message&) {
  std::visit([this](const auto& one) { show_one(one); }, event.event);
}

void PlainView::begin_line() {
  if (tidy_ && !writer_.at_line_start()) writer_.out("\n");
}

void PlainView::show_one(const Output& output) {
  if (output.stream == Stream::out)
    writer_.out(output.bytes.view());
  else
    writer_.err(output.bytes.view());
}

void PlainView::show_one(const Shown& shown) {
  std::string_view bytes = shown.bytes.view();
  for (const Part& part : shown.parts) {
    const std::string_view own =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(part.size, bytes.size())));
    if (part.mime == "text/plain") {
      begin_line();
      writer_.out(std::string(own) + "\n");
      return;
    }
    bytes.remove_prefix(own.size());
  }
  if (shown.parts.empty()) return;
  begin_line();
  writer_.out("[" + shown.parts.front().mime + ", " + std::to_string(shown.parts.front().size) +
              " bytes]\n");
}

void PlainView::show_one(const ErrorRaised& error) {
  const bool programs_own = error.kind == ErrorKind::compile || error.kind == ErrorKind::runtime;
  begin_line();
  if (!programs_own) {
    explained_ = true;
    writer_.say(error.message.empty() ? error.name : error.message);
    return;
  }
  std::string text;
  for (const std::string& entry : error.traceback) text += entry + "\n";
  if (text.empty()) text = error.name + (error.message.empty() ? "" : ": " + error.message) + "\n";
  writer_.err(text);
}

void PlainView::show_one(const Note& note) { writer_.say(note.text); }

void PlainView::show_one(const Gap& gap) {
  writer_.say("events " + std::to_string(gap.from) + " to " + std::to_string(gap.to) + " (" +
              std::to_string(gap.bytes) + " bytes) are not kept any more and are missing here.");
}

void PlainView::show_one(const Finished& finished) {
  if (speaks_for_itself(finished.status) || explained_) return;
  std::string sentence(words_for(finished.status));
  writer_.say(sentence + (finished.cause.empty() ? "." : ": " + finished.cause));
}

void JsonView::show(const Stamped&, const Message& message) {
  writer_.out(line_of(event_as_json(message.head(), message.body())));
}

}  // namespace quern
