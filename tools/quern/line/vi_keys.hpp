// SPDX-License-Identifier: Apache-2.0
// vi's normal mode: keys that come one after another and together say what is done to a text.
//
// Keeps the half of a command that has been typed, the last find and the last change. What needs
// more than the text (history, undo, another mode) it asks its owner for.
#pragma once

#include "key_decoder.hpp"
#include "killed.hpp"
#include "motions.hpp"
#include "text_buffer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace quern {

struct ViText;

class ViKeys {
 public:
  // What is left to do when a key has been pressed.
  enum class Then {
    nothing,
    insert,  // go over to insert mode
    undo,
    redo,
    up,
    down,
    search,
    search_again,
    repeat,  // last_change(), count() times
    enter,
    edit_outside
  };

  Then press(const Key& key, TextBuffer& buffer, Killed& killed);
  void forget_command() { command_ = {}; }
  bool is_at_rest() const { return command_.typed.empty(); }  // within no command

  // A change goes on in insert mode: its keys, to be repeated as one.
  void note_inserted(const Key& key) { change_.push_back(key); }
  const std::vector<Key>& last_change() const { return change_; }
  int count() const { return times_; }

 private:
  struct Command {
    std::optional<int> count;
    std::optional<int> outer_count;  // typed before the operator
    char operation = 0;              // d c y
    char awaits = 0;                 // f F t T r g, or i and a behind an operator: a character
    std::vector<Key> typed;
  };
  Then type(const std::string& letter, ViText& text);
  Then type_awaited(const std::string& letter, ViText& text);
  Then type_behind_operator(char key, ViText& text);
  Then type_command(char key, ViText& text);
  std::optional<Then> shorthand(char key, ViText& text);
  std::optional<Then> begin_insert(char key, ViText& text);
  Then go(const std::optional<Motion>& motion, char key, ViText& text);
  Then operate(Stretch stretch, bool lines, ViText& text);
  Then operate_on_lines(std::size_t from, std::size_t to, ViText& text);
  Then find(ViText& text, bool again, bool backwards);
  std::optional<int> whole_count() const;
  int times() const { return whole_count().value_or(1); }
  Then finish(Then then, bool changed);

  Command command_;
  int times_ = 1;
  std::optional<Find> find_;
  std::vector<Key> change_;
};

}  // namespace quern
