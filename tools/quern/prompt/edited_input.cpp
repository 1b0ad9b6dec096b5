// SPDX-License-Identifier: Apache-2.0
#include "edited_input.hpp"

#include "asking.hpp"
#include "indentation.hpp"
#include "look.hpp"
#include "outside_editor.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace quern {
namespace {

using namespace std::chrono_literals;

constexpr const char* input_begins = "\x1b]133;B\x07";
constexpr auto longest_wait = 60'000ms;
constexpr auto escape_patience = 30ms;  // the rest of a sequence that begins with it comes at once
constexpr auto most_hearing = 4ms;      // before it is looked for keys again

// Without the empty lines that ended it.
std::string trimmed(std::string text) {
  const std::size_t last = text.find_last_not_of(" \t\n");
  if (last == std::string::npos) return {};
  const std::size_t newline = text.find('\n', last);
  if (newline != std::string::npos) text.erase(newline);
  return text;
}

bool wants_colour() {
  const char* refused = std::getenv("NO_COLOR");
  return !refused || !*refused;
}

bool keys_wait() {
  pollfd keyboard{STDIN_FILENO, POLLIN, 0};
  return ::poll(&keyboard, 1, 0) > 0;
}

}  // namespace

EditedInput::EditedInput(Session& session, Signals& signals, Writer& writer)
    : session_(session),
      signals_(signals),
      writer_(writer),
      palette_(wants_colour() ? Palette::coloured() : Palette()),
      behind_(look_of_environment(false).marks ? input_begins : "") {
  if (!config_.trouble().empty()) writer_.say(config_.trouble());
}

InputReader::Got EditedInput::read(const Place& place, std::string& input) {
  if (!writer_.at_line_start()) writer_.out("\n");
  Desk& desk = desks_.try_emplace(place.lang, place.lang).first->second;
  desk.ask_syntax(session_, place.lang);
  desk.editor.use(config_.keys());
  desk.editor.begin();
  Sitting sitting{place,
                  desk,
                  std::optional<RawTerminal>(std::in_place),
                  Screen(RawTerminal::size()),
                  Completing(session_),
                  Entering(session_),
                  false,
                  {}};
  const Got got = converse(sitting);
  if (got != Got::input) return got;
  sitting.raw.reset();
  input = input_of(sitting);
  remember(desk, trimmed(desk.editor.buffer().text()));
  return got;
}

// A question about a name becomes the command which answers it.
std::string EditedInput::input_of(const Sitting& sitting) const {
  const std::string& text = sitting.desk.editor.buffer().text();
  if (const auto asked = asked_of(text, sitting.desk.editor.syntax()))
    return ":doc " + asked->name + (asked->in_full ? "?" : "");
  return trimmed(text);
}

void EditedInput::remember(Desk& desk, const std::string& text) {
  const std::string trouble = desk.history.add(text);
  if (!trouble.empty() && !std::exchange(told_of_history_, true)) writer_.say(trouble);
}

void EditedInput::choose_keys(const std::string& name) {
  const auto keys = key_set_of(name);
  if (!keys)
    return writer_.say("the keys are " + name_of(config_.keys()) +
                       "'s; :keys vi or :keys emacs chooses.");
  const std::string trouble = config_.choose(*keys);
  if (!trouble.empty()) writer_.say(trouble);
}

InputReader::Got EditedInput::converse(Sitting& sitting) {
  for (;;) {
    try {
      if (const auto got = press_all(sitting)) return *got;
      if (ended_) {
        leave(sitting, "");
        return Got::end;
      }
      show(sitting);
      if (const auto got = wait(sitting)) return *got;
    } catch (const DaemonLost& lost) {
      if (!on_lost) throw;
      step_aside(sitting);
      on_lost(lost);
      if (!writer_.at_line_start()) writer_.out("\n");
    }
  }
}

// For what is told above what is being written.
void EditedInput::step_aside(Sitting& sitting) {
  writer_.out(sitting.screen.clear());
  writer_.note_newline();
}

std::optional<Key> EditedInput::next_key() {
  if (ahead_.empty()) return decoder_.next();
  const Key key = ahead_.front();
  ahead_.pop_front();
  return key;
}

std::optional<InputReader::Got> EditedInput::press_all(Sitting& sitting) {
  while (!sitting.entered) {
    const std::optional<Key> key = next_key();
    if (!key) return std::nullopt;
    if (const auto got = press(sitting, *key)) return got;
  }
  return Got::input;
}

std::optional<InputReader::Got> EditedInput::press(Sitting& sitting, const Key& key) {
  if (sitting.entering.going() && !is_control(key, 'c')) {
    sitting.entering.type_ahead(key);
    return std::nullopt;
  }
  LineEditor& editor = sitting.desk.editor;
  if (sitting.completing.press(key, editor)) return std::nullopt;
  sitting.completing.dismiss();
  switch (editor.press(key)) {
    case LineEditor::Wish::none: break;
    case LineEditor::Wish::enter: enter(sitting); break;
    case LineEditor::Wish::complete: sitting.completing.begin(sitting.place, words, editor); break;
    case LineEditor::Wish::clear_screen: writer_.out(sitting.screen.wipe()); break;
    case LineEditor::Wish::edit_outside: edit_outside(sitting); break;
    case LineEditor::Wish::interrupt:
      sitting.entering.end();
      leave(sitting, "^C");
      return Got::interrupted;
    case LineEditor::Wish::leave: leave(sitting, ""); return Got::end;
  }
  return std::nullopt;
}

// Is this the end of the input? Within a text that goes on below, Enter only parts a line.
void EditedInput::enter(Sitting& sitting) {
  LineEditor& editor = sitting.desk.editor;
  editor.settle_line();
  const TextBuffer& buffer = editor.buffer();
  const bool blank = buffer.text().find_first_not_of(" \t\n") == std::string::npos;
  if (!buffer.on_last_line())
    editor.new_line(indent_behind(editor.syntax(), buffer.before()));
  else if (blank || is_command(buffer.text()) || asked_of(buffer.text(), editor.syntax()))
    finish(sitting);
  else if (session_.is_lost())
    judge(sitting, judge_by_brackets(buffer.text()));
  else
    sitting.entering.begin(sitting.place, buffer.text());
}

void EditedInput::judge(Sitting& sitting, const Verdict& verdict) {
  const std::deque<Key> typed = sitting.entering.end();
  ahead_.insert(ahead_.begin(), typed.begin(), typed.end());
  if (verdict.whole)
    finish(sitting);
  else
    sitting.desk.editor.new_line(verdict.indent);
}

void EditedInput::finish(Sitting& sitting) { leave(sitting, ""); }

void EditedInput::edit_outside(Sitting& sitting) {
  LineEditor& editor = sitting.desk.editor;
  step_aside(sitting);
  sitting.shape.clear();  // of the cursor: the other editor may give it another
  sitting.raw.reset();
  const Result<std::string> text = quern::edit_outside(
      editor.buffer().text(), "input." + sitting.place.lang, [this] { session_.keep_alive(); });
  session_.keep_alive();
  if (const auto number = signals_.next_but_keys()) late_signal_ = number;
  sitting.raw.emplace();
  sitting.screen = Screen(RawTerminal::size());
  if (text)
    editor.set(*text);
  else
    writer_.say(text.error().message);
}

std::chrono::milliseconds EditedInput::patience(const Sitting& sitting) const {
  auto most = longest_wait;
  if (sitting.entering.going())
    most = std::clamp(
        std::chrono::ceil<std::chrono::milliseconds>(sitting.entering.deadline() - Clock::now()),
        0ms, longest_wait);
  if (escape_means_something(sitting)) most = std::min(most, escape_patience);
  return most;
}

// Else it waits for the key that it makes an Alt of, however long that takes.
bool EditedInput::escape_means_something(const Sitting& sitting) const {
  if (!decoder_.has_lone_escape()) return false;
  return config_.keys() == KeySet::vi || sitting.completing.is_open() ||
         sitting.desk.editor.searching();
}

std::optional<InputReader::Got> EditedInput::wait(Sitting& sitting) {
  pollfd others[] = {
      {signals_.fd(), POLLIN, 0}, {window_.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  session_.wait(others, patience(sitting));
  if (window_.take()) sitting.screen.resized(RawTerminal::size());
  if (const auto got = heed_signal(sitting)) return got;
  if (others[2].revents)
    take_keys();
  else if (escape_means_something(sitting) && Clock::now() - escaped_ >= escape_patience)
    ahead_.push_back(decoder_.take_lone_escape());
  hear(sitting);
  if (const auto verdict = sitting.entering.give_up(Clock::now())) judge(sitting, *verdict);
  return std::nullopt;
}

std::optional<InputReader::Got> EditedInput::heed_signal(Sitting& sitting) {
  const std::optional<int> number = late_signal_ ? late_signal_ : signals_.next();
  if (!number) return std::nullopt;
  sitting.entering.end();
  leave(sitting, *number == SIGINT ? "^C" : "");
  if (*number == SIGINT) return Got::interrupted;
  signal_ = *number;
  return Got::ended_by_signal;
}

void EditedInput::take_keys() {
  char piece[65536];
  const ssize_t count = ::read(STDIN_FILENO, piece, sizeof piece);
  if (count > 0)
    decoder_.feed({piece, static_cast<std::size_t>(count)});
  else if (count == 0 || (errno != EINTR && errno != EAGAIN))
    ended_ = true;
  escaped_ = Clock::now();
}

// However much an earlier run still writes, a key is not kept waiting by more than one message.
void EditedInput::hear(Sitting& sitting) {
  const auto begun = Clock::now();
  bool above = false;  // the prompt is away
  while (!sitting.entered) {
    const std::optional<Message> message = session_.next();
    if (!message) break;
    if (is_news && is_news(*message)) {
      if (!std::exchange(above, true)) step_aside(sitting);
      on_message(*message);
    } else if (message->kind.kind == HeadKind::Kind::reply) {
      take_reply(sitting, *message);
    }
    if (keys_wait() || Clock::now() - begun > most_hearing) break;
  }
  if (above && !writer_.at_line_start()) writer_.out("\n");
  if (session_.took_new_connection() && on_new_connection) on_new_connection();
}

void EditedInput::take_reply(Sitting& sitting, const Message& message) {
  if (sitting.desk.take(message) || sitting.completing.take(message, sitting.desk.editor)) return;
  if (const auto verdict = sitting.entering.take(message)) judge(sitting, *verdict);
}

}  // namespace quern
