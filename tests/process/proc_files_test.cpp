// SPDX-License-Identifier: Apache-2.0
#include "proc_files.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace quern;

namespace {

std::string stat_line(const std::string& name) {
  return "41 (" + name +
         ") S 7 40 39 0 -1 4194560 1 2 3 4 100 20 3000 400 20 0 3 0 987654 12345678 321 "
         "18446744073709551615 0";
}

const ProcessStat expected{.pid = 41,
                           .parent = 7,
                           .group = 40,
                           .session = 39,
                           .state = 'S',
                           .own_ticks = 120,
                           .waited_ticks = 3400,
                           .started = 987654,
                           .threads = 3,
                           .rss_pages = 321};

}  // namespace

TEST_CASE("a status tells which signals the process has a handler for") {
  const std::string status =
      "Name:\tSigCgt: 1\nSigIgn:\tffffffffffffffff\nSigCgt:\t8000000000010002\n";
  CHECK(status_catches(status, 2));
  CHECK(status_catches(status, 17));
  CHECK(status_catches(status, 64));
  for (const int number : {-1, 0, 1, 3, 63, 65}) CHECK_FALSE(status_catches(status, number));
  CHECK_FALSE(status_catches("SigIgn:\t2\n", 2));
  CHECK_FALSE(status_catches("SigCgt:\tall\n", 2));
  CHECK_FALSE(status_catches("", 2));
}

TEST_CASE("a stat line is read whatever the program is called") {
  for (const char* name :
       {"sh", "", "a b", "(", ")", ") ", "x) R 1 (y", ") S 1 1 1", "tab\tand\nline"}) {
    CAPTURE(name);
    const auto stat = parse_stat(stat_line(name));
    REQUIRE(stat);
    CHECK(*stat == expected);
  }
}

TEST_CASE("a stat line that is cut short or has letters for numbers gives nothing") {
  const std::string whole = stat_line("sh");
  const std::size_t end_of_rss = whole.find(" 18446744073709551615");
  for (std::size_t size = 0; size < end_of_rss - 2; ++size) {
    const auto stat = parse_stat(whole.substr(0, size));
    if (stat) CHECK(size > whole.find("321"));
  }
  for (const char* text : {"", "41", "(sh) S 1", "x (sh) S 7 40 39", "41 (sh) S 7 forty 39 0 0 0",
                           "41 (sh) SS 7 40 39"})
    CHECK_FALSE(parse_stat(text));
}

TEST_CASE("a stat line of a zombie says that it is dead") {
  std::string line = stat_line("sh");
  CHECK_FALSE(parse_stat(line)->dead());
  line[line.find(" S ") + 1] = 'Z';
  CHECK(parse_stat(line)->dead());
}

TEST_CASE("children are pids with blanks between them") {
  CHECK(parse_children("") == std::vector<pid_t>{});
  CHECK(parse_children("12 ") == std::vector<pid_t>{12});
  CHECK(parse_children("12 345 6\n") == std::vector<pid_t>{12, 345, 6});
  CHECK(parse_children("12 x").empty());
}

TEST_CASE("an environment has an entry only to the letter") {
  const std::string environ("A=1\0_RUN_TREE=7-12\0B=\0", 22);
  CHECK(environment_has(environ, "_RUN_TREE=7-12"));
  CHECK(environment_has(environ, "B="));
  CHECK_FALSE(environment_has(environ, "_RUN_TREE=7-1"));
  CHECK_FALSE(environment_has(environ, "RUN_TREE=7-12"));
  CHECK_FALSE(environment_has("", "A=1"));
  CHECK(environment_has("A=1", "A=1"));
}

TEST_CASE("the proportional size is that of the Pss line") {
  CHECK(
      parse_pss("55-7f ---p 0 00:00 0 [rollup]\nRss:   900 kB\nPss:    12 kB\nPss_Dirty: 3 kB\n") ==
      12 << 10);
  CHECK_FALSE(parse_pss("Rss: 900 kB\nPss_Dirty: 3 kB\n"));
  CHECK_FALSE(parse_pss("Pss: many kB\n"));
}
