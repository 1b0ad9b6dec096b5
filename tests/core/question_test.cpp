// SPDX-License-Identifier: Apache-2.0
#include "question.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

using Kind = Question::Kind;

WorkerFrame frame(std::string kind, std::vector<std::pair<std::string, std::string>> attributes,
                  std::vector<std::pair<std::string, std::string>> parts) {
  return {std::move(kind), std::move(attributes), std::move(parts)};
}

WorkerFrame matches(std::string start, std::string end, std::string items) {
  return frame("matches", {{"start", std::move(start)}, {"end", std::move(end)}},
               {{"items", std::move(items)}});
}

bool is_internal(const Reply& reply) {
  const auto* error = std::get_if<Error>(&reply);
  return error && error->code == ErrorCode::internal && error->message.ends_with('.');
}

}  // namespace

TEST_CASE("a question is put with the keys that its kind has") {
  Complete complete{"toy", "main", "abc", 2};
  Question question = question_of(complete);
  CHECK(frame_of(question) == frame("complete", {{"cursor", "2"}}, {{"code", "abc"}}));
  Inspect inspect{"toy", "main", "abc", 3, 1};
  question = question_of(inspect);
  CHECK(frame_of(question) ==
        frame("inspect", {{"cursor", "3"}, {"detail", "1"}}, {{"code", "abc"}}));
  Check check{"toy", "main", "abc"};
  question = question_of(check);
  CHECK(frame_of(question) == frame("check", {}, {{"code", "abc"}}));
}

TEST_CASE("what a worker finds becomes the reply") {
  CompleteReply completion;
  completion.start = 1;
  completion.end = 3;
  completion.matches = {{"print", "function"}, {"pri nt", ""}};
  CHECK(reply_of(Kind::complete, 3, matches("1", "3", "print\tfunction\npri nt\t")) ==
        Reply(completion));
  CHECK(reply_of(Kind::complete, 3, matches("1", "3", "print\tfunction\npri nt\n")) ==
        Reply(completion));
  InspectReply inspection{true, {{"text/plain", "doc"}}, false};
  CHECK(reply_of(Kind::inspect, 3, frame("found", {}, {{"text/plain", "doc"}})) ==
        Reply(inspection));
  CHECK(reply_of(Kind::inspect, 3, std::nullopt) == Reply(InspectReply{}));
  CHECK(reply_of(Kind::check, 3, frame("checked", {{"state", "incomplete"}}, {{"indent", "  "}})) ==
        Reply(CheckReply{Completeness::incomplete, "  ", false}));
}

TEST_CASE("what no reply can be made of is internal") {
  for (const auto& [start, end, items] :
       std::vector<std::array<std::string, 3>>{{"", "1", "a"},
                                               {"0", "x", "a"},
                                               {"2", "1", "a"},
                                               {"-1", "1", "a"},
                                               {"0", "4", "a"},
                                               {"0", "1", "\tx"},
                                               {"0", "1", "a\n\nb"}}) {
    CHECK(is_internal(reply_of(Kind::complete, 3, matches(start, end, items))));
  }
  CHECK(is_internal(reply_of(Kind::complete, 3, std::nullopt)));
  CHECK(is_internal(reply_of(Kind::check, 3, std::nullopt)));
  CHECK(is_internal(reply_of(Kind::check, 3, frame("checked", {{"state", "soon"}}, {}))));
  CHECK(is_internal(
      reply_of(Kind::check, 3,
               frame("checked", {{"state", "complete"}}, {{"indent", std::string(5000, ' ')}}))));
  CHECK(is_internal(reply_of(Kind::inspect, 3, frame("found", {}, {}))));
  CHECK(is_internal(reply_of(Kind::inspect, 3, frame("found", {}, {{"plain", "x"}}))));
  CHECK(is_internal(reply_of(Kind::inspect, 3, frame("error", {}, {{"message", "oops"}}))));
}

TEST_CASE("a reply stays below what one head holds, and says so") {
  std::string items;
  for (int i = 0; i < 100'000; ++i) items += "name" + std::to_string(i) + "\tvariable\n";
  Reply reply = reply_of(Kind::complete, 3, matches("0", "0", items));
  CHECK(std::get<CompleteReply>(reply).more);
  CHECK(std::get<CompleteReply>(reply).matches.size() > 1000);
  CHECK(std::get<CompleteReply>(reply).matches.size() <= 10'000);
  std::vector<std::pair<std::string, std::string>> parts;
  for (int i = 0; i < 9; ++i) parts.emplace_back("a/" + std::to_string(i), std::string(mib, 'x'));
  Reply found = reply_of(Kind::inspect, 3, frame("found", {}, parts));
  std::size_t size = 0;
  for (const auto& [mime, text] : std::get<InspectReply>(found).data) size += text.size();
  CHECK(size <= 256 * kib);
}

TEST_CASE(
    "the answer of an interpreter without the context says so, and whether it tells anything") {
  Reply none = CompleteReply{}, some = InspectReply{true, {{"a/b", "c"}}, false},
        check = CheckReply{};
  CHECK_FALSE(mark_fresh(none));
  CHECK(std::get<CompleteReply>(none).fresh);
  CHECK(mark_fresh(some));
  CHECK(std::get<InspectReply>(some).fresh);
  CHECK(mark_fresh(check));
  Reply failed = Error{ErrorCode::internal, "No."};
  CHECK_FALSE(mark_fresh(failed));
}
