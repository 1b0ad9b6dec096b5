// SPDX-License-Identifier: Apache-2.0
#include "view.hpp"

#include "ending_words.hpp"
#include "forms.hpp"
#include "json_text.hpp"

#include <algorithm>

namespace quern {

void PlainView::show(const Stamped& event, const Message&) {
  std::visit([this](const auto& one) { show_one(one); }, event.event);
}

void PlainView::show_one(const Output& output) {
  if (output.stream == Stream::out)
    writer_.out(output.bytes.view());
  else
    writer_.err(output.bytes.view());
}

void PlainView::show_one(const Shown& shown) {
  for (const Form& form : forms_of(shown))
    if (form.mime == "text/plain") return writer_.out(std::string(form.bytes) + "\n");
  if (shown.parts.empty()) return;
  writer_.out("[" + shown.parts.front().mime + ", " + std::to_string(shown.parts.front().size) +
              " bytes]\n");
}

void PlainView::show_one(const ErrorRaised& error) {
  const bool programs_own = error.kind == ErrorKind::compile || error.kind == ErrorKind::runtime;
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

void PlainView::show_one(const Gap& gap) { writer_.say(words_for(gap)); }

void PlainView::show_one(const Finished& finished) {
  const std::string words = words_for(finished);
  if (!words.empty() && !explained_) writer_.say(words);
}

void JsonView::show(const Stamped&, const Message& message) {
  writer_.out(line_of(event_as_json(message.head(), message.body())));
}

std::unique_ptr<View> plain_view(const Surface& surface) {
  if (surface.common.json) return std::make_unique<JsonView>(surface.writer);
  return std::make_unique<PlainView>(surface.writer);
}

}  // namespace quern
