// SPDX-License-Identifier: Apache-2.0
#include "vi_keys.hpp"

#include "graphemes.hpp"
#include "vi_text.hpp"

#include <algorithm>
#include <utility>

namespace quern {
namespace {

using Code = Key::Code;

constexpr int most_times = 10'000;  // more is a slip of the finger
constexpr auto none = std::string_view::npos;

// Named keys have a letter's meaning here.
std::string letter_of(const Key& key) {
  switch (key.code) {
    case Code::character: return key.ctrl ? "" : key.text;
    case Code::left:
    case Code::backspace: return "h";
    case Code::right: return "l";
    case Code::home: return "0";
    case Code::end: return "$";
    case Code::erase: return "x";
    case Code::up: return "k";
    case Code::down: return "j";
    default: return "";
  }
}

}  // namespace

ViKeys::Then ViKeys::press(const Key& key, TextBuffer& buffer, Killed& killed) {
  const std::string letter = letter_of(key);
  if (letter.empty()) {
    command_ = {};
    if (key.code == Code::enter) return Then::enter;
    if (is_control(key, 'r')) return Then::redo;
    if (is_control(key, 'p')) return Then::up;
    if (is_control(key, 'n')) return Then::down;
    return Then::nothing;
  }
  command_.typed.push_back(key);
  ViText text{buffer, killed};
  return type(letter, text);
}

std::optional<int> ViKeys::whole_count() const {
  if (!command_.count && !command_.outer_count) return std::nullopt;
  return std::min(most_times, command_.count.value_or(1) * command_.outer_count.value_or(1));
}

// The command is over, and was a change or not.
ViKeys::Then ViKeys::finish(Then then, bool changed) {
  times_ = times();
  const Command command = std::exchange(command_, {});
  if (changed) change_ = command.typed;
  return then;
}

ViKeys::Then ViKeys::type(const std::string& letter, ViText& text) {
  if (command_.awaits != 0) return type_awaited(letter, text);
  const char key = letter.front();
  if (letter.size() > 1) return finish(Then::nothing, false);
  if (key >= (command_.count ? '0' : '1') && key <= '9') {
    command_.count = std::min(most_times, command_.count.value_or(0) * 10 + (key - '0'));
    return Then::nothing;
  }
  if (std::string_view("fFtTg").find(key) != none || (key == 'r' && command_.operation == 0)) {
    command_.awaits = key;
    return Then::nothing;
  }
  return command_.operation != 0 ? type_behind_operator(key, text) : type_command(key, text);
}

ViKeys::Then ViKeys::type_awaited(const std::string& letter, ViText& text) {
  switch (command_.awaits) {
    case 'r': return finish(Then::nothing, text.replace_under(letter, times()));
    case 'i':
    case 'a': {
      const auto object = object_at(command_.awaits == 'a', letter.front(), text.all(), text.at());
      return object ? operate(*object, false, text) : finish(Then::nothing, false);
    }
    case 'g':
      if (letter != "g") return finish(Then::nothing, false);
      return go(move_by('g', text.all(), text.at(), whole_count()), 'g', text);
    default: find_ = Find{command_.awaits, letter}; return find(text, false, false);
  }
}

ViKeys::Then ViKeys::find(ViText& text, bool again, bool backwards) {
  if (!find_) return finish(Then::nothing, false);
  Find find = *find_;
  if (backwards) find.kind = static_cast<char>(find.kind ^ ('f' ^ 'F'));
  return go(move_by(find, text.all(), text.at(), times(), again), find.kind, text);
}

ViKeys::Then ViKeys::type_behind_operator(char key, ViText& text) {
  if (key == command_.operation)
    return operate_on_lines(text.at(), text.lines_below(times() - 1), text);
  if (key == 'i' || key == 'a') {
    command_.awaits = key;
    return Then::nothing;
  }
  if (key == 'j') return operate_on_lines(text.at(), text.lines_below(times()), text);
  if (key == 'k') return operate_on_lines(text.lines_above(times()), text.at(), text);
  if (key == ';' || key == ',') return find(text, true, key == ',');
  if (std::string_view("hlwbeWBE0^$%G ").find(key) == none) return finish(Then::nothing, false);
  return go(move_by(key == ' ' ? 'l' : key, text.all(), text.at(), whole_count()), key, text);
}

ViKeys::Then ViKeys::type_command(char key, ViText& text) {
  if (const auto then = begin_insert(key, text)) return finish(*then, true);
  if (const auto then = shorthand(key, text)) return *then;
  switch (key) {
    case 'd':
    case 'c':
    case 'y':
      command_.operation = key;
      command_.outer_count = std::exchange(command_.count, std::nullopt);
      return Then::nothing;
    case 'p':
    case 'P': return finish(Then::nothing, text.put(key == 'P', times()));
    case '~': return finish(Then::nothing, text.swap_case(times()));
    case 'J': return finish(Then::nothing, text.join());
    case 'u': return finish(Then::undo, false);
    case '.': return finish(Then::repeat, false);
    case 'j': return finish(Then::down, false);
    case 'k': return finish(Then::up, false);
    case '/':
    case '?': return finish(Then::search, false);
    case 'n': return finish(Then::search_again, false);
    case 'v': return finish(Then::edit_outside, false);
    case ';':
    case ',': return find(text, true, key == ',');
    default: break;
  }
  if (std::string_view("hlwbeWBE0^$%G ").find(key) == none) return finish(Then::nothing, false);
  return go(move_by(key == ' ' ? 'l' : key, text.all(), text.at(), whole_count()), key, text);
}

// One letter for an operator and its motion.
std::optional<ViKeys::Then> ViKeys::shorthand(char key, ViText& text) {
  const auto as = [&](char operation, char motion) {
    command_.operation = operation;
    return type_behind_operator(motion, text);
  };
  switch (key) {
    case 'x': return as('d', 'l');
    case 'X': return as('d', 'h');
    case 's': return as('c', 'l');
    case 'D': return as('d', '$');
    case 'C': return as('c', '$');
    case 'S': return as('c', 'c');
    case 'Y': return as('y', 'y');
    default: return std::nullopt;
  }
}

std::optional<ViKeys::Then> ViKeys::begin_insert(char key, ViText& text) {
  switch (key) {
    case 'i': break;
    case 'a':
      text.buffer.move_to(std::min(next_grapheme(text.all(), text.at()), text.line_end()));
      break;
    case 'I': text.buffer.move_to(first_in_line(text.all(), text.at())); break;
    case 'A': text.buffer.move_to(text.line_end()); break;
    case 'o':
    case 'O': text.open_line(key == 'O'); break;
    case ':':  // a command for the prompt, as one for vi would be begun
      if (!text.all().empty()) return std::nullopt;
      text.buffer.insert(":");
      break;
    default: return std::nullopt;
  }
  return Then::insert;
}

ViKeys::Then ViKeys::go(const std::optional<Motion>& motion, char key, ViText& text) {
  if (!motion) return finish(Then::nothing, false);
  if (command_.operation == 0) {
    text.buffer.move_to(motion->to);
    return finish(Then::nothing, false);
  }
  if (motion->linewise) return operate_on_lines(text.at(), motion->to, text);
  Stretch stretch{std::min(text.at(), motion->to), std::max(text.at(), motion->to)};
  if (key == '$')
    stretch.end = end_of_line(text.all(), motion->to);
  else if (motion->inclusive)
    stretch.end = next_grapheme(text.all(), stretch.end);
  if (key == 'w' || key == 'W') stretch = text.of_words(stretch, command_.operation == 'c');
  return operate(stretch, false, text);
}

ViKeys::Then ViKeys::operate_on_lines(std::size_t from, std::size_t to, ViText& text) {
  if (from > to) std::swap(from, to);
  return operate({begin_of_line(text.all(), from), end_of_line(text.all(), to)}, true, text);
}

ViKeys::Then ViKeys::operate(Stretch stretch, bool lines, ViText& text) {
  const char operation = command_.operation;
  if (lines || stretch.begin < stretch.end)
    text.killed = {text.all().substr(stretch.begin, stretch.end - stretch.begin), lines};
  if (operation == 'y') {
    if (!lines) text.buffer.move_to(stretch.begin);
    return finish(Then::nothing, false);
  }
  if (!lines)
    text.buffer.take(stretch.begin, stretch.end);
  else if (operation == 'd')
    text.erase_lines(stretch);
  else
    text.buffer.take(std::min(first_in_line(text.all(), stretch.begin), stretch.end), stretch.end);
  return finish(operation == 'c' ? Then::insert : Then::nothing, true);
}

}  // namespace quern
