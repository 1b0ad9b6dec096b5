// SPDX-License-Identifier: Apache-2.0
#include "native_codec.hpp"
#include "native_fields_reply.hpp"
#include "native_writer.hpp"

namespace quern {
namespace native {
namespace {

// Failing replies that carry more than a code and a message say their code in their table.
template <class T>
concept FailsByCode = requires { Table<T>::code; };

template <class T>
inline constexpr bool succeeds = !FailsByCode<T> && !std::same_as<T, Error>;

Error bad(std::string sentence) { return {ErrorCode::bad_request, std::move(sentence)}; }

// A code that a later version invented is no reason to lose the sentence that came with it.
Error failure_in(const msgpack::object_map& map) {
  Error error;
  Fault fault;
  if (const auto* code = find(map, "code")) Choice<ErrorCode>{}.read(*code, error.code, fault);
  if (const auto* message = find(map, "message")) Text{}.read(*message, error.message, fault);
  if (error.message.empty()) error.message = "The daemon refused without saying why.";
  return error;
}

template <class T>
Result<T> read_reply(const msgpack::object_map& map, std::string_view body) {
  T reply;
  Fault fault;
  if (!read_struct(map, body, reply, fault)) return bad("The daemon's reply: " + fault.sentence());
  return reply;
}

}  // namespace
}  // namespace native

Frames encode_reply(const std::string& id, const Reply& reply) {
  using namespace native;
  HeadBuffer buffer;
  Packer out(buffer);
  const std::size_t at = buffer.open_map();
  return std::visit(
      [&]<class T>(const T& value) {
        std::size_t entries = 2;
        pack_valid_text(out, "re");
        pack_text(out, id);
        pack_valid_text(out, "ok");
        out.pack(succeeds<T>);
        if constexpr (FailsByCode<T>) {
          pack_valid_text(out, "code");
          pack_valid_text(out, name(Table<T>::code));
          ++entries;
        }
        Writer<T> writer(out, value);
        Table<T>::fields(writer);
        buffer.close_map(at, entries + writer.entries());
        return Frames{buffer.take(), writer.take_body()};
      },
      reply);
}

template <class T>
Result<T> decode_reply(std::string_view head_bytes, std::string_view body) {
  using namespace native;
  const auto head = Head::parse(head_bytes, max_frame);
  if (!head) return head.error();
  const auto& map = head->map();
  Fault fault;
  std::string re;
  bool ok = false;
  const auto* re_key = find(map, "re");
  const auto* ok_key = find(map, "ok");
  if (!re_key || !ok_key) return bad("This is no reply: it has no `re` or no `ok`.");
  if (!Text{}.read(*re_key, re, fault))
    return bad((fault.within("re"), "The reply's " + fault.sentence()));
  if (!Flag{}.read(*ok_key, ok, fault))
    return bad((fault.within("ok"), "The reply's " + fault.sentence()));

  if constexpr (FailsByCode<T>) {
    if (ok) return bad("The daemon answered with success where a failure was looked for.");
    if (const Error error = failure_in(map); error.code != Table<T>::code) return error;
  } else if (!ok) {
    return failure_in(map);
  }
  return read_reply<T>(map, body);
}

template Result<Ok> decode_reply(std::string_view, std::string_view);
template Result<HelloReply> decode_reply(std::string_view, std::string_view);
template Result<PingReply> decode_reply(std::string_view, std::string_view);
template Result<RunReply> decode_reply(std::string_view, std::string_view);
template Result<ExistsReply> decode_reply(std::string_view, std::string_view);
template Result<ProtocolReply> decode_reply(std::string_view, std::string_view);
template Result<DeliveredReply> decode_reply(std::string_view, std::string_view);
template Result<AttachReply> decode_reply(std::string_view, std::string_view);
template Result<OutputReply> decode_reply(std::string_view, std::string_view);
template Result<WaitReply> decode_reply(std::string_view, std::string_view);
template Result<ContextReply> decode_reply(std::string_view, std::string_view);
template Result<CompleteReply> decode_reply(std::string_view, std::string_view);
template Result<InspectReply> decode_reply(std::string_view, std::string_view);
template Result<CheckReply> decode_reply(std::string_view, std::string_view);
template Result<SyntaxReply> decode_reply(std::string_view, std::string_view);
template Result<PutReply> decode_reply(std::string_view, std::string_view);
template Result<GetReply> decode_reply(std::string_view, std::string_view);
template Result<ListReply> decode_reply(std::string_view, std::string_view);
template Result<StatReply> decode_reply(std::string_view, std::string_view);
template Result<StatusReply> decode_reply(std::string_view, std::string_view);

}  // namespace quern
