// SPDX-License-Identifier: Apache-2.0
#include "specimens.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace quern;
using specimens::packed;
using specimens::unpacked;

namespace {

// The client does not set it, and the daemon always does.
Request without_fingerprint(Request request) {
  if (auto* run = std::get_if<StartRun>(&request.op)) run->fingerprint = 0;
  return request;
}

}  // namespace

TEST_CASE("every request of the table is read from its frames and written to them") {
  std::set<std::size_t> ops;
  for (const auto& specimen : specimens::requests()) {
    INFO(specimen.head);
    const auto decoded = decode_request(packed(specimen.head), specimen.body);
    if (decoded.has_error()) FAIL(decoded.error().error.message);
    CHECK(without_fingerprint(*decoded) == specimen.value);

    const Frames frames = encode_request(specimen.value);
    CHECK(unpacked(frames.head) == nlohmann::json::parse(specimen.head));
    CHECK(frames.body == Blob(specimen.body));
    ops.insert(specimen.value.op.index());
  }
  CHECK(ops.size() == std::variant_size_v<Op>);
}

TEST_CASE("every event of the table is read from its frames and written to them") {
  std::set<std::size_t> kinds;
  for (const auto& specimen : specimens::events()) {
    INFO(specimen.head);
    const auto decoded = decode_event(packed(specimen.head), specimen.body);
    if (decoded.has_error()) FAIL(decoded.error().message);
    CHECK(*decoded == specimen.value);

    const Frames frames = encode_event(specimen.value);
    CHECK(unpacked(frames.head) == nlohmann::json::parse(specimen.head));
    CHECK(frames.body == Blob(specimen.body));

    const auto peeked = peek_head(frames.head);
    REQUIRE(peeked.has_value());
    CHECK(peeked->kind == HeadKind::Kind::event);
    CHECK(peeked->id == "r1");
    kinds.insert(specimen.value.event.index());
  }
  CHECK(kinds.size() == std::variant_size_v<Event>);
}

TEST_CASE("every reply of the table is read from its frames and written to them") {
  std::set<std::size_t> kinds;
  for (const auto& specimen : specimens::replies()) {
    INFO(specimen.head);
    const Frames frames = encode_reply("q7", specimen.value);
    CHECK(unpacked(frames.head) == nlohmann::json::parse(specimen.head));
    CHECK(frames.body == Blob(specimen.body));

    const auto peeked = peek_head(frames.head);
    REQUIRE(peeked.has_value());
    CHECK(peeked->kind == HeadKind::Kind::reply);
    CHECK(peeked->id == "q7");

    std::visit(
        [&]<class T>(const T& value) {
          if constexpr (std::same_as<T, Error>) {
            CHECK(decode_reply<RunReply>(packed(specimen.head), specimen.body).error() == value);
          } else {
            const auto decoded = decode_reply<T>(packed(specimen.head), specimen.body);
            if (decoded.has_error()) FAIL(decoded.error().message);
            CHECK(*decoded == value);
          }
        },
        specimen.value);
    kinds.insert(specimen.value.index());
  }
  CHECK(kinds.size() == std::variant_size_v<Reply>);
}

TEST_CASE("a context event stands alone, without run and seq") {
  const ContextChanged lost{"python", "main", 3, ContextState::lost, "It was killed."};
  const Frames frames = encode_context(lost);
  CHECK(unpacked(frames.head) == nlohmann::json{{"ev", "context"},
                                                {"lang", "python"},
                                                {"ctx", "main"},
                                                {"gen", 3},
                                                {"state", "lost"},
                                                {"cause", "It was killed."}});
  CHECK(decode_context(frames.head).value() == lost);
  CHECK(peek_head(frames.head).value().kind == HeadKind::Kind::context);
}

TEST_CASE("a failing reply gives its error to whoever looked for another type") {
  const Frames exists = encode_reply("q7", ExistsReply{"It is there.", RunState::running, true});
  CHECK(decode_reply<RunReply>(exists.head, "").error() ==
        Error{ErrorCode::exists, "It is there."});
  const Frames busy = encode_reply("q7", Error{ErrorCode::busy, "Wait."});
  CHECK(decode_reply<ExistsReply>(busy.head, "").error() == Error{ErrorCode::busy, "Wait."});
}

TEST_CASE("every error code has a name that is read back") {
  for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
    const Error error{static_cast<ErrorCode>(i), "Because."};
    CHECK(decode_reply<Ok>(encode_reply("q7", error).head, "").error() == error);
  }
}

TEST_CASE("a code that only a later version knows keeps its message") {
  const auto reply =
      decode_reply<Ok>(packed(R"({"re": "q7", "ok": false, "code": "new", "message": "M."})"), "");
  CHECK(reply.error() == Error{ErrorCode::internal, "M."});
}
