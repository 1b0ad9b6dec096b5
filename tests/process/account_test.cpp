// SPDX-License-Identifier: Apache-2.0
#include "account.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

constexpr const char* passwd =
    "root:x:0:0:root:/root:/bin/sh\n"
    "broken\n"
    "ada:x:1000:50:Ada,,,:/home/ada:/bin/sh\n"
    "42:x:7:7::/odd:/bin/sh\n"
    "last:x:1001:1001::/home/last:/bin/sh";

Account account(std::string_view wanted) { return std::get<Account>(find_account(wanted, passwd)); }
bool refused(std::string_view wanted) {
  const auto found = find_account(wanted, passwd);
  return std::holds_alternative<std::string>(found);
}

}  // namespace

TEST_CASE("a user is found by number and by name, with group and home") {
  CHECK(account("1000") == Account{1000, 50, "ada", "/home/ada"});
  CHECK(account("ada") == account("1000"));
  CHECK(account("last") == Account{1001, 1001, "last", "/home/last"});
}

TEST_CASE("a group that is named wins over the user's own") {
  CHECK(account("1000:7") == Account{1000, 7, "ada", "/home/ada"});
  CHECK(account("ada:7") == account("1000:7"));
}

TEST_CASE("a number that nobody has serves as user and as group") {
  CHECK(account("65000") == Account{65000, 65000, "", ""});
  CHECK(account("65000:1") == Account{65000, 1, "", ""});
}

TEST_CASE("digits are a number, also where somebody has them for a name") {
  CHECK(account("42") == Account{42, 42, "", ""});
}

TEST_CASE("root, strangers and numbers that mean something else to the kernel are refused") {
  for (const char* wanted :
       {"", ":", "root", "0", "0:5", "00", "nobody-here", "-1", "1000:", "1000:x", "1000:-1",
        "4294967295", "4294967296", "1000:4294967295", "1 000"}) {
    INFO(wanted);
    CHECK(refused(wanted));
  }
}

TEST_CASE("a program at home has the account's variables and none of the daemon's session") {
  std::map<std::string, std::string> environment{{"HOME", "/root"},
                                                 {"USER", "root"},
                                                 {"LOGNAME", "root"},
                                                 {"MAIL", "/var/mail/root"},
                                                 {"A", "b"}};
  auto unknown = environment;
  put_at_home(environment, account("ada"));
  CHECK(environment == std::map<std::string, std::string>{
                           {"A", "b"}, {"HOME", "/home/ada"}, {"USER", "ada"}, {"LOGNAME", "ada"}});
  put_at_home(unknown, account("65000"));
  CHECK(unknown == std::map<std::string, std::string>{{"A", "b"}, {"HOME", "/"}});
}
