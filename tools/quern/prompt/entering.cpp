// SPDX-License-Identifier: Apache-2.0
#include "entering.hpp"

#include "graphemes.hpp"

#include <utility>

namespace quern {
namespace {

using Code = Key::Code;

}  // namespace

void Entering::begin(const Place& place, const std::string& code) {
  code_ = code;
  id_ = session_.send(Check{place.lang, place.ctx, code});
  deadline_ = std::chrono::steady_clock::now() + patience_with_daemon;
}

std::optional<Verdict> Entering::take(const Message& message) {
  if (!going() || message.kind.id != id_) return std::nullopt;
  return verdict_of(decode_reply<CheckReply>(message.head(), message.body()), code_);
}

std::optional<Verdict> Entering::give_up(std::chrono::steady_clock::time_point now) {
  if (!going() || now < deadline_) return std::nullopt;
  return judge_by_brackets(code_);
}

std::string Entering::seen_ahead() const {
  std::string text;
  for (const Key& key : ahead_) {
    if (key.alt || key.ctrl) continue;
    if (key.code == Code::character || key.code == Code::paste) text += key.text;
    if (key.code == Code::enter) text += '\n';
    if (key.code == Code::backspace) text.resize(previous_grapheme(text, text.size()));
  }
  return text;
}

std::deque<Key> Entering::end() {
  id_.clear();
  return std::exchange(ahead_, {});
}

}  // namespace quern
