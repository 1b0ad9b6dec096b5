// SPDX-License-Identifier: Apache-2.0
#include "key_file.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

const std::string one = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
const std::string other = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";

}  // namespace

TEST_CASE("a key is forty characters of Z85 that stand for 32 bytes") {
  CHECK(is_key(one));
  CHECK(is_key(std::string(40, '0')));
  CHECK_FALSE(is_key(""));
  CHECK_FALSE(is_key(one.substr(1)));
  CHECK_FALSE(is_key(one + "0"));
  CHECK_FALSE(is_key(std::string(39, '0') + "~"));
  CHECK_FALSE(is_key(std::string(39, '0') + " "));
  // Five digits can say more than four bytes hold.
  CHECK(is_key("%nSc0" + std::string(35, '0')));
  CHECK_FALSE(is_key("%nSc1" + std::string(35, '0')));
  CHECK_FALSE(is_key(std::string(40, '#')));
}

TEST_CASE("public keys stand one a line, with a name behind them and comments between") {
  const std::string text =
      "# ours\n\n" + one + " Ada Lovelace\r\n  " + other + "\n#" + one + " not any more";
  CHECK(parse_public_keys(text).value() ==
        std::vector<NamedKey>{{one, "Ada Lovelace"}, {other, ""}});
  CHECK(parse_public_keys("").value().empty());
}

TEST_CASE("a line without a key is named by its number, and what stands there is not told") {
  auto keys = parse_public_keys(one + " ada\nhush\n");
  REQUIRE(keys.has_error());
  CHECK(keys.error().message == "line 2 does not begin with a key, 40 characters of Z85");
}

TEST_CASE("a secret key stands alone in its file") {
  CHECK(parse_secret_key("# the key of ada\n" + one + "\n").value() == one);
  CHECK(parse_secret_key("").has_error());
  CHECK(parse_secret_key(one + " ada\n").has_error());
  CHECK(parse_secret_key(one + "\n" + other + "\n").has_error());
}
