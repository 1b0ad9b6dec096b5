// SPDX-License-Identifier: Apache-2.0
// What keys do to the text: an editor of one input, of any number of lines.
//
// Keys go in by press(), which gives what the editor cannot do alone. The bindings are those of
// Emacs that shells have taught, or vi's: its insert mode is the same, and Escape leads to the
// other.
// Never: reads, writes or waits; knows a language but by its syntax.
#pragma once

#include "history_search.hpp"
#include "history_walk.hpp"
#include "killed.hpp"
#include "syntax.hpp"
#include "undo.hpp"
#include "vi_keys.hpp"

#include <optional>
#include <string>

namespace quern {

enum class KeySet { emacs, vi };

class LineEditor {
 public:
  enum class Wish { none, enter, complete, clear_screen, interrupt, leave, edit_outside };
  enum class Mode { insert, normal };

  explicit LineEditor(const History& history) : walk_(history), search_(history) {}

  void begin(const std::string& draft = "");
  void use(KeySet keys) { keys_ = keys; }
  void speak(const Syntax& syntax) { syntax_ = syntax; }
  Wish press(const Key& key);

  const TextBuffer& buffer() const { return buffer_; }
  const Syntax& syntax() const { return syntax_; }
  KeySet keys() const { return keys_; }
  Mode mode() const { return mode_; }
  bool searching() const { return search_.going(); }
  void settle_line();  // as far in as its first word wants
  void new_line(const std::string& indent);
  void replace(std::size_t begin, std::size_t end, const std::string& text);
  void set(const std::string& text);
  void end_search() { search_.end(); }

  // What stands instead of the prompt while the history is searched; empty: nothing does.
  std::string search_prompt() const { return search_.prompt(); }

 private:
  enum class Last { other, typing, kill, history, control_x };

  Wish act(const Key& key);
  Wish press_inserting(const Key& key);
  Wish press_control(char letter);
  Wish press_behind_control_x(const Key& key);
  Wish press_alt(const Key& key);
  Wish press_named(const Key& key);
  Wish press_normal(const Key& key);
  Wish follow(ViKeys::Then then);
  Wish repeat();
  void escape();
  void type(const std::string& text);
  void erase_left();
  void kill_backward(std::string killed);
  void kill_forward(std::string killed);
  void go_up();
  void go_down();
  void recall(std::optional<TextBuffer> text);
  void undo(bool forth);
  void note_change(const TextBuffer& before);

  KeySet keys_ = KeySet::emacs;
  Mode mode_ = Mode::insert;
  Syntax syntax_;
  TextBuffer buffer_;
  Killed killed_;
  Last last_ = Last::other;
  Last now_ = Last::other;
  Undo undo_;
  int step_ = 0;          // of undo: what is typed in a row is one
  bool stepped_ = false;  // noted already, or through undo's texts: nothing to note
  HistoryWalk walk_;
  HistorySearch search_;
  ViKeys vi_;
  bool noting_ = false;     // what is inserted belongs to vi's last change
  bool repeating_ = false;  // that change
};

}  // namespace quern
