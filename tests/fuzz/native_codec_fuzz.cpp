// SPDX-License-Identifier: Apache-2.0
// Feeds any bytes to every reader of the native codec and holds it to its promises: it never
// throws, what it refuses it refuses with a sentence, and what it accepts it writes and reads again
// as equal.
//
// An input is two bytes, the head's size (big-endian, cut to what is there), then head, then body.
#include "native_codec.hpp"
#include "native_text.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

using namespace quern;

void demand(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

void demand_sentence(const Error& error) {
  demand(!error.message.empty() && (error.message.ends_with('.') || error.message.ends_with('?')),
         "a refusal is a sentence");
  demand(!native::first_invalid_utf8(error.message), "a refusal is UTF-8");
}

void try_request(std::string_view head, std::string_view body) {
  const auto request = decode_request(head, body);
  if (request.has_error()) {
    demand_sentence(request.error().error);
    demand(request.error().id.empty() || native::is_id(request.error().id),
           "only a valid id is echoed");
    return;
  }
  const Frames frames = encode_request(*request);
  const auto again = decode_request(frames.head, frames.body.view());
  demand(again.has_value(), "what was accepted is accepted again");
  demand(*again == *request, "a request survives its writing");
}

// Events may hold a NaN, which equals nothing: compare what is written.
void try_event(std::string_view head, std::string_view body) {
  const auto event = decode_event(head, body);
  if (event.has_error()) return demand_sentence(event.error());
  const Frames frames = encode_event(*event);
  const auto again = decode_event(frames.head, frames.body.view());
  demand(again.has_value(), "an event that was accepted is accepted again");
  demand(encode_event(*again) == frames, "an event survives its writing");
}

void try_context(std::string_view head) {
  const auto event = decode_context(head);
  if (event.has_error()) return demand_sentence(event.error());
  demand(decode_context(encode_context(*event).head).value() == *event,
         "a context event survives its writing");
}

template <class T>
void try_reply(std::string_view head, std::string_view body) {
  const auto reply = decode_reply<T>(head, body);
  if (reply.has_error()) return;  // a daemon's own message, whatever it is
  const Frames frames = encode_reply("q", *reply);
  demand(decode_reply<T>(frames.head, frames.body.view()).value() == *reply,
         "a reply survives its writing");
}

template <class... T>
void try_replies(std::string_view head, std::string_view body, const std::variant<Error, T...>*) {
  (try_reply<T>(head, body), ...);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t head_size =
      std::min<std::size_t>(std::size_t{data[0]} << 8 | data[1], size - 2);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto head = bytes.substr(0, head_size);
  const auto body = bytes.substr(head_size);

  const auto kind = peek_head(head);
  if (kind.has_error()) demand_sentence(kind.error());
  try_request(head, body);
  try_event(head, body);
  try_context(head);
  if (kind.has_value() && kind->kind == HeadKind::Kind::reply)
    try_replies(head, body, static_cast<const Reply*>(nullptr));
  return 0;
}
