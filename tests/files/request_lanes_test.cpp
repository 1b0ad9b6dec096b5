// SPDX-License-Identifier: Apache-2.0
#include "request_lanes.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

class Listener final : public Peer {
 public:
  const std::string& conn() const override { return name_; }
  void reply(const std::string&, const Reply&) override {}
  void event(const Record&) override {}
  void gap(const Stamped&) override {}
  void context(const ContextChanged&) override {}

 private:
  std::string name_ = "c1";
};

Request put_of(const std::string& id, std::size_t size) {
  Put put;
  put.path = "a";
  put.bytes.resize(size);
  return {id, put};
}

}  // namespace

TEST_CASE("requests come out of a lane in the order in which they came, each once") {
  RequestLanes lanes;
  Listener one;
  Listener other;
  CHECK_FALSE(lanes.closed(one));
  lanes.close(one);
  CHECK(lanes.closed(one));
  CHECK_FALSE(lanes.closed(other));
  CHECK(lanes.wait(one, {"1", Status{}}).has_value());
  CHECK(lanes.wait(one, {"2", Ping{}}).has_value());
  lanes.open(one);
  CHECK(lanes.next(one) == Request{"1", Status{}});
  CHECK(lanes.next(one) == Request{"2", Ping{}});
  CHECK(lanes.next(one) == std::nullopt);
  CHECK_FALSE(lanes.closed(one));
}

TEST_CASE("a lane holds so many bytes and takes more once some have gone") {
  RequestLanes lanes;
  Listener peer;
  lanes.close(peer);
  for (int i = 0; i < 3; ++i) CHECK(lanes.wait(peer, put_of("p", 64 * mib)).has_value());
  CHECK(lanes.wait(peer, put_of("p", 64 * mib)).error().code == ErrorCode::limit);
  CHECK(lanes.wait(peer, put_of("p", 32 * mib)).has_value());
  lanes.open(peer);
  CHECK(lanes.next(peer).has_value());
  lanes.close(peer);
  CHECK(lanes.wait(peer, put_of("p", 64 * mib)).has_value());
}

TEST_CASE("a lane knows that its connection has left until it is empty") {
  RequestLanes lanes;
  Listener peer;
  lanes.left(peer);
  CHECK_FALSE(lanes.has_left(peer));
  lanes.close(peer);
  lanes.left(peer);
  CHECK(lanes.has_left(peer));
  lanes.open(peer);
  CHECK(lanes.next(peer) == std::nullopt);
  CHECK_FALSE(lanes.has_left(peer));
}
