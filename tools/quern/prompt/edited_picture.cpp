// SPDX-License-Identifier: Apache-2.0
// EditedInput's part that shows.
#include "edited_input.hpp"

namespace quern {
namespace {

constexpr const char* block_cursor = "\x1b[2 q";
constexpr const char* bar_cursor = "\x1b[6 q";
constexpr const char* usual_cursor = "\x1b[0 q";

// In vi's normal mode the prompt ends as commands begin there.
std::string in_normal_mode(std::string prompt) {
  if (prompt.ends_with("> ")) prompt.replace(prompt.size() - 2, 1, ":");
  return prompt;
}

}  // namespace

Picture EditedInput::picture(Sitting& sitting) const {
  const LineEditor& editor = sitting.desk.editor;
  Picture picture;
  picture.prompt = editor.search_prompt();
  if (picture.prompt.empty()) picture.prompt = prompt_of(sitting.place);
  if (editor.mode() == LineEditor::Mode::normal && !sitting.entered)
    picture.prompt = in_normal_mode(picture.prompt);
  picture.more = prompt_for_more(sitting.place);
  picture.style = palette_.prompt;
  picture.behind = behind_;
  picture.text = editor.buffer().text();
  picture.cursor = editor.buffer().cursor();
  picture.paints = is_command(picture.text)
                       ? paint_command(palette_, picture.text)
                       : paint_code(palette_, editor.syntax(), picture.text, picture.cursor);
  picture.below = sitting.completing.rows(palette_, RawTerminal::size());
  if (const std::string ahead = sitting.entering.seen_ahead(); !ahead.empty()) {
    picture.text += "\n" + ahead;
    picture.cursor = picture.text.size();
  }
  return picture;
}

void EditedInput::show(Sitting& sitting) {
  std::string bytes = sitting.screen.show(picture(sitting));
  if (config_.keys() == KeySet::vi) {
    const LineEditor& editor = sitting.desk.editor;
    const std::string shape = editor.mode() == LineEditor::Mode::normal && !editor.searching()
                                  ? block_cursor
                                  : bar_cursor;
    if (shape != sitting.shape) bytes += shape;
    sitting.shape = shape;
  }
  writer_.out(bytes);
}

// The search, if there is one, is over: its text is the input now.
void EditedInput::leave(Sitting& sitting, const std::string& mark) {
  sitting.desk.editor.end_search();
  sitting.completing.dismiss();
  sitting.entered = true;
  Picture last = picture(sitting);
  last.text += mark;
  last.cursor = last.text.size();
  // Nothing is at the cursor any more.
  std::erase_if(last.paints, [&](const Tint& paint) { return paint.style == palette_.bracket; });
  writer_.out((sitting.shape.empty() ? "" : usual_cursor) + sitting.screen.leave(last));
}

}  // namespace quern
