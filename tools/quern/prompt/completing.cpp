// SPDX-License-Identifier: Apache-2.0
#include "completing.hpp"

#include "completion_list.hpp"
#include "indentation.hpp"
#include "input_reader.hpp"

#include <algorithm>
#include <utility>

namespace quern {
namespace {

using Code = Key::Code;

constexpr const char* blank = " \t";
constexpr std::size_t rows_of_menu = 10;  // more is not read, but narrowed down

Completion completion_of(CompleteReply reply, std::size_t begin, std::size_t size) {
  Completion completion;
  completion.end = std::min<std::size_t>(begin + reply.end, size);
  completion.begin = std::min<std::size_t>(begin + reply.start, completion.end);
  for (Match& match : reply.matches)
    completion.choices.push_back({std::move(match.text), std::move(match.type)});
  return completion;
}

std::string common_beginning(const std::vector<Choice>& choices) {
  std::vector<std::string> texts;
  for (const Choice& choice : choices) texts.push_back(choice.text);
  return quern::common_beginning(texts);
}

}  // namespace

void Completing::begin(const Place& place, const LocalWords& words, LineEditor& editor) {
  dismiss();
  const TextBuffer& buffer = editor.buffer();
  const std::string_view line = buffer.before().substr(buffer.begin_of_line());
  const std::size_t cursor = buffer.cursor();
  if (line.find_first_not_of(blank) == std::string_view::npos)
    return editor.replace(cursor, cursor,
                          std::string(indent_step - line.size() % indent_step, ' '));
  std::size_t begin = 0;
  if (buffer.text() == ":" || is_command(buffer.text())) {
    Local local = complete_locally(words, buffer.before());
    if (local.completion) return offer(*std::move(local.completion), false, editor);
    begin = local.begin;
  }
  question_ = Question{
      session_.send(Complete{place.lang, place.ctx, buffer.text().substr(begin), cursor - begin}),
      buffer.text(), cursor, begin};
}

bool Completing::take(const Message& message, LineEditor& editor) {
  if (!question_ || message.kind.id != question_->id) return false;
  const Question question = *std::exchange(question_, std::nullopt);
  const TextBuffer& buffer = editor.buffer();
  if (buffer.text() != question.text || buffer.cursor() != question.cursor) return true;
  auto reply = decode_reply<CompleteReply>(message.head(), message.body());
  if (!reply) {
    said_ = reply.error().message;
    return true;
  }
  const bool more = reply->more;
  offer(completion_of(*std::move(reply), question.begin, buffer.text().size()), more, editor);
  return true;
}

void Completing::offer(Completion completion, bool more, LineEditor& editor) {
  const std::vector<Choice>& choices = completion.choices;
  if (choices.empty()) {
    said_ = "nothing completes this";
    return;
  }
  const std::size_t begin = completion.begin;
  std::string stands = editor.buffer().text().substr(begin, completion.end - begin);
  const std::string common = common_beginning(choices);
  const bool longer = common.size() > stands.size() && common.starts_with(stands);
  if (choices.size() == 1 || longer) {
    editor.replace(begin, completion.end, common);
    stands = common;
  }
  if (choices.size() == 1) return;
  if (more) said_ = "there are more: type on, then press Tab again";
  standing_ = stands.size();
  menu_.open(begin, std::move(stands), std::move(completion.choices));
}

bool Completing::press(const Key& key, LineEditor& editor) {
  if (!menu_.is_open() || key.alt || key.ctrl) return false;
  const bool walks = menu_.walks();
  switch (key.code) {
    case Code::tab: menu_.next(1); break;
    case Code::back_tab: menu_.next(-1); break;
    case Code::down: menu_.next(1); break;
    case Code::up:
      if (!walks) return false;
      menu_.next(-1);
      break;
    case Code::left:
    case Code::right:
      if (!walks) return false;
      menu_.aside(key.code == Code::right ? 1 : -1);
      break;
    case Code::escape: menu_.none(); break;
    case Code::enter: dismiss(); return walks;
    default: return false;
  }
  put_wanted(editor);
  if (key.code == Code::escape) dismiss();
  return true;
}

void Completing::put_wanted(LineEditor& editor) {
  editor.replace(menu_.begin(), menu_.begin() + standing_, menu_.wanted());
  standing_ = menu_.wanted().size();
}

void Completing::dismiss() {
  menu_.close();
  question_.reset();
  said_.clear();
}

std::vector<PaintedLine> Completing::rows(const Palette& palette, WindowSize size) {
  const auto most = static_cast<std::size_t>(std::max(2, size.rows - 2));
  menu_.fit(size.columns, std::min(rows_of_menu, most));
  std::vector<PaintedLine> rows = menu_.rows(palette);
  if (!said_.empty()) {
    rows.push_back({said_});
    if (!palette.aside.empty()) rows.back().paints = {{0, said_.size(), palette.aside}};
  }
  return rows;
}

}  // namespace quern
