// SPDX-License-Identifier: Apache-2.0
#include "repl_view.hpp"

#include "ending_words.hpp"
#include "error_text.hpp"
#include "exit_code.hpp"
#include "failure.hpp"
#include "harmless.hpp"
#include "inline_picture.hpp"
#include "shown_text.hpp"
#include "table.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace quern {
namespace {

// What is quicker is not worth a line.
constexpr milliseconds slow{1000};
constexpr const char* red = "\x1b[31m";
constexpr const char* not_red = "\x1b[39m";
constexpr const char* empty_line = "\r\x1b[K";

std::string duration_text(milliseconds wall) {
  if (wall >= milliseconds{60'000}) return readable_duration(wall.count());
  char text[64];
  std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(wall.count()) / 1000);
  return text;
}

}  // namespace

void ReplView::show(const Stamped& event, const Message&) {
  std::visit([this](const auto& one) { show_one(one); }, event.event);
}

void ReplView::before_prompt() {
  end_stderr();
  end_progress();
  if (!look_.terminal) return;
  begin_line();
  if (std::exchange(output_marked_, false)) mark("D");  // it was left before its end
  mark("A");
}

void ReplView::before_run(std::size_t number, const std::string& code) {
  number_ = number;
  code_ = code;
  explained_ = false;
  clear_next_ = false;
}

void ReplView::mark(const std::string& what) {
  if (look_.marks) writer_.tell_terminal("\x1b]133;" + what + "\x07");
}

void ReplView::begin_line() {
  end_stderr();
  end_progress();
  if (!writer_.at_line_start()) writer_.out("\n");
}

void ReplView::end_stderr() {
  if (std::exchange(in_stderr_, false)) writer_.tell_terminal(not_red);
}

void ReplView::end_progress() {
  if (!std::exchange(in_progress_, false)) return;
  writer_.tell_terminal(empty_line);
  writer_.note_newline();
}

void ReplView::tell(const std::string& text) {
  begin_line();
  writer_.out(text);
  if (!writer_.at_line_start()) writer_.out("\n");
}

void ReplView::show_one(const Accepted&) {
  mark("C");
  output_marked_ = look_.marks;
}

void ReplView::show_one(const Output& output) {
  end_progress();
  if (std::exchange(clear_next_, false)) writer_.tell_terminal(empty_line);
  if (output.stream == Stream::out) {
    end_stderr();
    writer_.out(output.bytes.view());
    return;
  }
  if (look_.coloured() && !std::exchange(in_stderr_, true)) writer_.tell_terminal(red);
  writer_.err(output.bytes.view());
}

void ReplView::show_one(const Shown& shown) {
  const std::vector<Form> forms = forms_of(shown);
  if (forms.empty()) return;
  const Window window = window_now(look_);
  std::string label;
  if (shown.result && look_.terminal && number_ > 0)
    label = paint_.label("Out[" + std::to_string(number_) + "]:");
  if (const std::optional<Form> picture = picture_among(forms)) {
    if (const auto bytes = inline_picture(*picture, look_, window))
      return tell((label.empty() ? "" : label + "\n") + *bytes);
  }
  const std::optional<Form> best = text_among(forms);
  std::string text = form_text(best.value_or(forms.front()), paint_, window.columns);
  const std::optional<Form> file = file_among(forms);
  if (file && (!best || is_stand_in(best->bytes))) text = saved_text(*file, best ? text : "");
  if (text.empty()) return;
  if (!label.empty()) label += text.find('\n') == std::string::npos ? " " : "\n";
  tell(label + text);
}

std::string ReplView::saved_text(const Form& file, const std::string& what) {
  try {
    return (what.empty() ? std::string(file.mime) : what) + " saved as " +
           folder_.save(file.mime, file.bytes);
  } catch (const Failure& failure) {
    return what + (what.empty() ? "" : ": ") + failure.what();
  }
}

// A line that is written anew; what has scrolled by stays.
void ReplView::show_one(const Cleared& cleared) {
  if (!look_.terminal) return;
  if (cleared.wait)
    clear_next_ = true;
  else
    writer_.tell_terminal(empty_line);
}

void ReplView::show_one(const ErrorRaised& error) {
  const bool programs_own = error.kind == ErrorKind::compile || error.kind == ErrorKind::runtime;
  begin_line();
  if (!programs_own) {
    explained_ = true;
    writer_.say(harmless(error.message.empty() ? error.name : error.message));
    return;
  }
  writer_.err(error_text(error, code_, paint_));
}

// What is typed for an answer is not the program's stderr.
void ReplView::show_one(const WaitingInput&) { end_stderr(); }

void ReplView::show_one(const Progressed& progress) {
  if (!look_.terminal) return;
  if (!in_progress_) begin_line();
  std::string line = empty_line + paint_.dim(progress_text(progress, window_now(look_).columns));
  writer_.tell_terminal(line);
  in_progress_ = true;
}

void ReplView::show_one(const Note& note) {
  begin_line();
  writer_.say(harmless(note.text));
}

void ReplView::show_one(const Gap& gap) {
  begin_line();
  writer_.say(words_for(gap));
}

void ReplView::show_one(const Finished& finished) {
  end_stderr();
  end_progress();
  if (!explained_) {
    const std::string words = words_for(finished);
    if (!words.empty()) {
      begin_line();
      writer_.say(harmless(words));
    }
  }
  if (!look_.terminal) return;
  if (finished.usage.wall >= slow)
    tell(paint_.dim("took " + duration_text(finished.usage.wall)) + "\n");
  if (std::exchange(output_marked_, false)) mark("D;" + std::to_string(exit_code(finished)));
}

}  // namespace quern
