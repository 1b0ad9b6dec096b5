// SPDX-License-Identifier: Apache-2.0
// What keys do to the text: an editor of one input, of any number of lines.
//
// Keys go in by press(), which gives what the editor cannot do alone; picture() is what should be
// seen. The bindings are those of Emacs that shells have taught.
// Never: reads, writes or waits; knows no language.
#pragma once

#include "history.hpp"
#include "key_decoder.hpp"
#include "picture.hpp"
#include "text_buffer.hpp"

#include <optional>
#include <string>

namespace quern {

class LineEditor {
 public:
  enum class Wish { none, enter, complete, clear_screen, interrupt, leave };

  explicit LineEditor(const History& history) : history_(history) {}

  void begin();
  Wish press(const Key& key);

  const TextBuffer& buffer() const { return buffer_; }
  void new_line(const std::string& indent);
  void replace(std::size_t begin, std::size_t end, const std::string& text);
  void end_search() { search_.reset(); }

  // What stands instead of the prompt while the history is searched; empty: nothing does.
  std::string search_prompt() const;

 private:
  struct Search {
    std::string wanted;
    std::size_t found;  // the size of the history: nothing yet
    bool failed = false;
    TextBuffer before;
  };
  enum class Last { other, kill, history };

  Wish press_control(char letter);
  void press_alt(const Key& key);
  Wish press_named(const Key& key);
  bool press_in_search(const Key& key);
  void search_on(bool further);
  void kill_backward(std::string killed);
  void kill_forward(std::string killed);
  void go_up();
  void go_down();
  void recall(std::optional<std::size_t> index);

  const History& history_;
  TextBuffer buffer_;
  std::string killed_;
  Last last_ = Last::other;
  Last now_ = Last::other;
  std::size_t position_ = 0;  // in the history; its size: the text that is being written
  TextBuffer draft_;
  std::string prefix_;
  std::optional<Search> search_;
};

}  // namespace quern
