// SPDX-License-Identifier: Apache-2.0
// The dispatcher's ops that ask about code, or the language that it is in, without running it.
#include "dispatcher.hpp"

namespace quern {

void Dispatcher::serve(const Caller& caller, Complete& op) {
  ask(caller, op.lang, op.ctx, question_of(op));
}
void Dispatcher::serve(const Caller& caller, Inspect& op) {
  ask(caller, op.lang, op.ctx, question_of(op));
}
void Dispatcher::serve(const Caller& caller, Check& op) {
  ask(caller, op.lang, op.ctx, question_of(op));
}

void Dispatcher::ask(const Caller& caller, const std::string& lang, const std::string& ctx,
                     Question question) {
  const Manifest* manifest = parts_.languages.find(lang);
  if (!manifest) return refuse(caller, parts_.languages.unknown(lang));
  if (closing_) return refuse(caller, {ErrorCode::closing, "The daemon is shutting down."});
  std::shared_ptr<Context> context = parts_.contexts.find(manifest->name, ctx);
  if (context) context->add_user(caller.peer);
  auto answer = [this, caller](const Reply& reply) {
    if (const auto* error = std::get_if<Error>(&reply)) return refuse(caller, *error);
    caller.reply(reply);
  };
  Result<void> asked =
      parts_.asking.ask({*manifest, std::move(context), std::move(question)}, answer);
  if (!asked) refuse(caller, asked.error());
}

// Read when asked for: a daemon that nobody asks keeps nothing of it.
void Dispatcher::serve(const Caller& caller, DescribeSyntax& op) {
  const Manifest* manifest = parts_.languages.find(op.lang);
  if (!manifest) return refuse(caller, parts_.languages.unknown(op.lang));
  Result<SyntaxReply> syntax = read_syntax(*manifest);
  if (!syntax) return refuse(caller, syntax.error());
  caller.reply(*std::move(syntax));
}

}  // namespace quern
