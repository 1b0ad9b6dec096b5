// SPDX-License-Identifier: Apache-2.0
// The dispatcher's ops on contexts.
#include "dispatcher.hpp"

namespace quern {

namespace asio = boost::asio;

std::shared_ptr<Context> Dispatcher::context_of(const Caller& caller, const std::string& lang,
                                                const std::string& name) {
  const Manifest* manifest = parts_.languages.find(lang);
  if (!manifest) {
    refuse(caller, parts_.languages.unknown(lang));
    return nullptr;
  }
  std::shared_ptr<Context> context = parts_.contexts.find(manifest->name, name);
  if (!context) {
    refuse(caller, {ErrorCode::unknown_context,
                    "There is no context `" + name + "` of " + manifest->title + "."});
  }
  return context;
}

void Dispatcher::add_user(const Caller& caller, const StartRun& spec) {
  const Manifest* manifest = parts_.languages.find(spec.lang);
  std::shared_ptr<Context> context = parts_.contexts.find(manifest->name, spec.ctx);
  if (context) context->add_user(caller.peer);
}

void Dispatcher::serve(const Caller& caller, OpenContext& op) {
  const Manifest* manifest = parts_.languages.find(op.lang);
  if (!manifest) return refuse(caller, parts_.languages.unknown(op.lang));
  if (!manifest->has_query()) {
    return refuse(caller, {ErrorCode::unsupported,
                           manifest->title + " keeps no interpreter here: run it in batch mode."});
  }
  if (closing_) {
    return refuse(caller,
                  {ErrorCode::closing, "The daemon is shutting down and starts nothing new."});
  }
  Result<std::shared_ptr<Context>> context =
      parts_.contexts.obtain(*manifest, op.ctx, {op.env, op.cwd, op.limits, op.idle});
  if (!context) return refuse(caller, context.error());
  (*context)->add_user(caller.peer);
  parts_.tasks.spawn(open(caller, *context));
}

asio::awaitable<void> Dispatcher::open(Caller caller, std::shared_ptr<Context> context) {
  parts_.contexts.begin(context);
  Result<void> ready = co_await context->interpreter()->ready();
  if (!ready) {
    refuse(caller, ready.error());
    co_return;
  }
  caller.reply(ContextReply{context->gen(), context->interpreter()->child().pid()});
}

void Dispatcher::serve(const Caller& caller, ResetContext& op) {
  if (auto context = context_of(caller, op.lang, op.ctx)) {
    parts_.tasks.spawn(end_context(caller, std::move(context), true));
  }
}

void Dispatcher::serve(const Caller& caller, CloseContext& op) {
  if (auto context = context_of(caller, op.lang, op.ctx)) {
    parts_.tasks.spawn(end_context(caller, std::move(context), false));
  }
}

asio::awaitable<void> Dispatcher::end_context(Caller caller, std::shared_ptr<Context> context,
                                              bool again) {
  co_await parts_.contexts.end(
      context, again ? "The context was reset by request." : "The context was closed by request.");
  std::int64_t gen = context->gen();
  if (again) {
    Result<std::shared_ptr<Context>> fresh =
        parts_.contexts.obtain(context->manifest(), context->name(), context->settings());
    if (!fresh) {
      refuse(caller, fresh.error());
      co_return;
    }
    (*fresh)->add_user(caller.peer);
    gen = (*fresh)->gen();
  }
  caller.reply(ContextReply{gen, std::nullopt});
}

}  // namespace quern
