// SPDX-License-Identifier: Apache-2.0
// A request whose answer may take as long as it likes, while our signals are heeded.
#pragma once

#include "session.hpp"
#include "signals.hpp"

namespace quern {

// Throws Failure when a signal came, or when the connection was cut and nobody knows what became of
// the request.
Message ask_patiently(Session& session, Signals& signals, Op op);

template <class T>
T ask_patiently_for(Session& session, Signals& signals, Op op) {
  const Message message = ask_patiently(session, signals, std::move(op));
  return value_or_fail(decode_reply<T>(message.head(), message.body()));
}

}  // namespace quern
