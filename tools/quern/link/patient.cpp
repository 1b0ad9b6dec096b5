// SPDX-License-Identifier: Apache-2.0
#include "patient.hpp"

#include "exit_code.hpp"
#include "failure.hpp"

namespace quern {

Message ask_patiently(Session& session, Signals& signals, Op op) {
  const std::string id = session.send(std::move(op));
  std::deque<Message> meanwhile;
  for (;;) {
    while (std::optional<Message> message = session.next()) {
      if (message->kind.kind == HeadKind::Kind::reply && message->kind.id == id) {
        session.put_back(std::move(meanwhile));
        return *std::move(message);
      }
      meanwhile.push_back(*std::move(message));
    }
    pollfd other{signals.fd(), POLLIN, 0};
    session.wait({&other, 1}, std::chrono::seconds(60));
    const bool cut = session.took_new_connection();
    const auto number = signals.next();
    if (!cut && !number) continue;
    session.put_back(std::move(meanwhile));
    if (cut) throw Failure("the connection was cut before the answer came; run the command again.");
    throw Failure("stopped waiting.", exit_code_of_signal(*number));
  }
}

}  // namespace quern
