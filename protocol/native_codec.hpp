// SPDX-License-Identifier: Apache-2.0
// The native dialect: values to and from the two frames of PROTOCOL.md, head and body.
//
// Total: any bytes give a value or a Rejected; nothing here throws on what came from outside, reads
// a clock or touches a socket. Both directions stand here, so that client, tests and fuzzer speak
// by the same table as the daemon.
#pragma once

#include "blob.hpp"
#include "error.hpp"
#include "event.hpp"
#include "reply.hpp"
#include "request.hpp"

#include <string>
#include <string_view>

namespace quern {

struct Frames {
  std::string head;
  Blob body;
  friend bool operator==(const Frames&, const Frames&) = default;
};

// Why bytes are no request, and the id to answer to (empty when none could be read).
struct Rejected {
  std::string id;
  Error error;
  bool silent = false;  // it was an `ack`, the one op without a reply
  friend bool operator==(const Rejected&, const Rejected&) = default;
};
[[noreturn]] void throw_exception_from_error(const Rejected& rejected,
                                             const boost::source_location&);

// The daemon's side.
boost::system::result<Request, Rejected> decode_request(std::string_view head,
                                                        std::string_view body);
Frames encode_reply(const std::string& id, const Reply& reply);
Frames encode_event(const Stamped& event);
Frames encode_context(const ContextChanged& event);

// The client's side. A reply's keys depend on what was asked, so its reader names the type:
// decode_reply<HelloReply>. A failing reply comes as its Error.
Frames encode_request(const Request& request);
Result<Stamped> decode_event(std::string_view head, std::string_view body);
Result<ContextChanged> decode_context(std::string_view head);

// What stands in a head from the daemon, before its kind is known.
struct HeadKind {
  enum class Kind { reply, event, context } kind = Kind::reply;
  std::string id;  // a reply's `re`, an event's `run`
  std::string ev;  // an event's
};
Result<HeadKind> peek_head(std::string_view head);

template <class T>
Result<T> decode_reply(std::string_view head, std::string_view body);

}  // namespace quern
