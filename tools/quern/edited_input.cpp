// SPDX-License-Identifier: Apache-2.0
#include "edited_input.hpp"

#include "completion_list.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace quern {
namespace {

constexpr const char* bold_cyan = "\x1b[1;36m";
constexpr const char* blank = " \t";
constexpr std::size_t tab_stop = 4;
constexpr std::size_t rows_of_list = 10;  // more is not read, but narrowed down

bool wants_colour() {
  const char* refused = std::getenv("NO_COLOR");
  return !refused || !*refused;
}

// Without the empty lines that ended it.
std::string trimmed(std::string text) {
  const std::size_t last = text.find_last_not_of(" \t\n");
  if (last == std::string::npos) return {};
  const std::size_t newline = text.find('\n', last);
  if (newline != std::string::npos) text.erase(newline);
  return text;
}

std::vector<std::string> texts_of(const CompleteReply& reply) {
  std::vector<std::string> texts;
  for (const Match& match : reply.matches) texts.push_back(match.text);
  return texts;
}

}  // namespace

EditedInput::EditedInput(Session& session, Signals& signals, Writer& writer)
    : session_(session),
      signals_(signals),
      writer_(writer),
      adviser_(session),
      style_(wants_colour() ? bold_cyan : "") {}

InputReader::Got EditedInput::read(const Place& place, std::string& input) {
  if (!writer_.at_line_start()) writer_.out("\n");
  Desk& desk = desks_.try_emplace(place.lang, place.lang).first->second;
  desk.editor.begin();
  Got got = Got::end;
  {
    const RawTerminal raw;
    Sitting sitting{place, desk, Screen(RawTerminal::size()), {}};
    got = converse(sitting, input);
  }
  if (got == Got::input) {
    const std::string trouble = desk.history.add(input);
    if (!trouble.empty()) writer_.say(trouble);
  }
  return got;
}

InputReader::Got EditedInput::converse(Sitting& sitting, std::string& input) {
  for (;;) {
    if (const auto got = press_all(sitting, input)) return *got;
    if (ended_) {
      leave(sitting, "");
      return Got::end;
    }
    show(sitting);
    if (const auto got = wait(sitting)) return *got;
  }
}

std::optional<InputReader::Got> EditedInput::press_all(Sitting& sitting, std::string& input) {
  while (const std::optional<Key> key = keys_.next()) {
    sitting.below.clear();
    if (const auto got = obey(sitting, sitting.desk.editor.press(*key), input)) return got;
  }
  return std::nullopt;
}

std::optional<InputReader::Got> EditedInput::obey(Sitting& sitting, LineEditor::Wish wish,
                                                  std::string& input) {
  switch (wish) {
    case LineEditor::Wish::none: break;
    case LineEditor::Wish::enter:
      if (enter(sitting, input)) return Got::input;
      break;
    case LineEditor::Wish::complete: complete(sitting); break;
    case LineEditor::Wish::clear_screen: writer_.out(sitting.screen.wipe()); break;
    case LineEditor::Wish::interrupt: leave(sitting, "^C"); return Got::interrupted;
    case LineEditor::Wish::leave: leave(sitting, ""); return Got::end;
  }
  return std::nullopt;
}

// Is this the end of the input? Within a text that goes on below, Enter only parts a line.
bool EditedInput::enter(Sitting& sitting, std::string& input) {
  LineEditor& editor = sitting.desk.editor;
  const TextBuffer& buffer = editor.buffer();
  const std::string& text = buffer.text();
  const bool blank_input = text.find_first_not_of(" \t\n") == std::string::npos;
  Verdict verdict;
  if (!buffer.on_last_line()) {
    const std::size_t line = buffer.before().rfind('\n') + 1;
    verdict = {
        false,
        text.substr(line, std::min(text.find_first_not_of(blank, line), buffer.cursor()) - line)};
  } else if (!blank_input && !is_command(text)) {
    show(sitting);
    verdict = adviser_.judge(sitting.place, text);
  }
  if (!verdict.whole) {
    editor.new_line(verdict.indent);
    return false;
  }
  leave(sitting, "");
  input = trimmed(text);
  return true;
}

void EditedInput::complete(Sitting& sitting) {
  LineEditor& editor = sitting.desk.editor;
  const std::string_view before = editor.buffer().before();
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  const std::size_t cursor = editor.buffer().cursor();
  if (line.find_first_not_of(blank) == std::string_view::npos)
    return editor.replace(cursor, cursor, std::string(tab_stop - line.size() % tab_stop, ' '));

  const auto reply = adviser_.complete(sitting.place, editor.buffer().text(), cursor);
  if (!reply) {
    sitting.below = {reply.error().message};
    return;
  }
  const std::size_t end = std::min<std::size_t>(reply->end, editor.buffer().text().size());
  const std::size_t begin = std::min<std::size_t>(reply->start, end);
  const std::vector<std::string> texts = texts_of(*reply);
  if (texts.empty()) {
    sitting.below = {"nothing completes this"};
    return;
  }
  const std::string common = common_beginning(texts);
  const std::string stands = editor.buffer().text().substr(begin, end - begin);
  if (texts.size() == 1 || (common.size() > stands.size() && common.starts_with(stands)))
    return editor.replace(begin, end, common);
  const WindowSize size = RawTerminal::size();
  const std::size_t room =
      std::min(rows_of_list, static_cast<std::size_t>(std::max(2, size.rows - 2)));
  sitting.below = in_columns(texts, size.columns, room);
}

std::optional<InputReader::Got> EditedInput::wait(Sitting& sitting) {
  pollfd others[] = {
      {signals_.fd(), POLLIN, 0}, {window_.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  session_.wait(others, std::chrono::seconds(60));
  hear(sitting);
  if (window_.take()) sitting.screen.resized(RawTerminal::size());
  if (const std::optional<int> number = signals_.next()) {
    leave(sitting, *number == SIGINT ? "^C" : "");
    if (*number == SIGINT) return Got::interrupted;
    signal_ = *number;
    return Got::ended_by_signal;
  }
  if (!others[2].revents) return std::nullopt;
  char piece[4096];
  const ssize_t count = ::read(STDIN_FILENO, piece, sizeof piece);
  if (count > 0)
    keys_.feed({piece, static_cast<std::size_t>(count)});
  else if (count == 0 || (errno != EINTR && errno != EAGAIN))
    ended_ = true;
  return std::nullopt;
}

void EditedInput::hear(Sitting& sitting) {
  while (const std::optional<Message> message = session_.next()) {
    if (!on_message || message->kind.kind == HeadKind::Kind::reply) continue;
    writer_.out(sitting.screen.clear());
    writer_.note_newline();
    on_message(*message);
    if (!writer_.at_line_start()) writer_.out("\n");
  }
  session_.took_new_connection();
}

Picture EditedInput::picture(const Sitting& sitting) const {
  const LineEditor& editor = sitting.desk.editor;
  Picture picture;
  picture.prompt = editor.search_prompt();
  if (picture.prompt.empty()) picture.prompt = prompt_of(sitting.place);
  picture.more = prompt_for_more(sitting.place);
  picture.style = style_;
  picture.text = editor.buffer().text();
  picture.cursor = editor.buffer().cursor();
  picture.below = sitting.below;
  return picture;
}

void EditedInput::show(Sitting& sitting) { writer_.out(sitting.screen.show(picture(sitting))); }

// The search, if there is one, is over: its text is the input now.
void EditedInput::leave(Sitting& sitting, const std::string& mark) {
  sitting.desk.editor.end_search();
  sitting.below.clear();
  Picture last = picture(sitting);
  last.text += mark;
  last.cursor = last.text.size();
  writer_.out(sitting.screen.leave(last));
}

}  // namespace quern
