// SPDX-License-Identifier: Apache-2.0
#include "desk.hpp"

#include <algorithm>
#include <utility>

namespace quern {
namespace {

Syntax syntax_of(SyntaxReply reply) {
  Syntax syntax;
  syntax.comment = std::move(reply.comment);
  if (reply.block_comment.size() == 2) {
    syntax.block_begins = reply.block_comment[0];
    syntax.block_ends = reply.block_comment[1];
  }
  syntax.strings = std::move(reply.strings);
  syntax.multiline = std::move(reply.multiline);
  syntax.raw = std::move(reply.raw);
  syntax.word_end = std::move(reply.word_end);
  syntax.keywords = std::move(reply.keywords);
  std::sort(syntax.keywords.begin(), syntax.keywords.end());
  return syntax;
}

}  // namespace

void Desk::ask_syntax(Session& session, const std::string& lang) {
  const std::vector<std::string>& features = session.daemon().features;
  if (known_ || std::find(features.begin(), features.end(), "syntax") == features.end()) return;
  asked_ = session.send(DescribeSyntax{lang});
}

bool Desk::take(const Message& message) {
  if (asked_.empty() || message.kind.id != asked_) return false;
  asked_.clear();
  known_ = true;
  if (auto reply = decode_reply<SyntaxReply>(message.head(), message.body()))
    editor.speak(syntax_of(*std::move(reply)));
  return true;
}

}  // namespace quern
