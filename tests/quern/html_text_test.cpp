// SPDX-License-Identifier: Apache-2.0
#include "html_text.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace quern;

namespace {

std::string text_of(std::string_view html, std::size_t columns = 80) {
  return html_text(html, Paint(false), columns);
}

}  // namespace

TEST_CASE("A table has its headings apart, numbers to the right and words to the left") {
  CHECK(text_of("<table><thead><tr><th></th><th>count</th><th>name</th></tr></thead>"
                "<tbody><tr><th>0</th><td>5</td><td>pear</td></tr>"
                "<tr><th>1</th><td>-12.5</td><td>fig</td></tr></tbody></table>") ==
        "   count  name\n"
        "──────────────\n"
        "0      5  pear\n"
        "1  -12.5  fig");
}

TEST_CASE("Cells that span columns and rows leave room") {
  CHECK(text_of("<table><tr><th colspan=2>both<th>c</tr><tr><td rowspan='2'>x<td>1<td>2"
                "<tr><td>3<td>4</table>") ==
        "both     c\n"
        "──────────\n"
        "x     1  2\n"
        "      3  4");
}

TEST_CASE("Words are parted by one blank, lines by what parts them, and styles are left out") {
  CHECK(text_of("<style>td {a: b}</style><h1>Title</h1><p>One\n  <b>two</b> &lt;3&gt; &amp; &#233;"
                "<ul><li>a<li>b</ul><!-- no --><script>if (1<2) x()</script>end") ==
        "Title\nOne two <3> & é\n• a\n• b\nend");
  CHECK(text_of("<pre>a\n   b</pre>") == "a\n   b");
}

TEST_CASE("A table that is too wide is cut to the window") {
  CHECK(text_of("<table><tr><th>first<th>second</tr><tr><td>abcdefghijklmnopqrstuvwxyz<td>1"
                "</table>",
                20) ==
        "first         second\n"
        "────────────────────\n"
        "abcdefghijk…       1");
  std::string wide = "<table><tr>";
  for (int i = 0; i < 40; ++i) wide += "<td>" + std::to_string(1000 + i);
  const std::string line = text_of(wide + "</table>", 30);
  CHECK(line == "1000  1001  …  1038  1039");
}

TEST_CASE("What a table holds moves no cursor") {
  CHECK(text_of("<table><tr><td>\x1b]0;title\x07<td>&#27;[2Jx</table>") ==
        "\\x1b]0;title\\x07  \\x1b[2Jx");
  CHECK(text_of("a &#x1b;[31m red") == "a  red");
}

TEST_CASE("Any bytes are read to their end") {
  constexpr std::string_view pieces[] = {
      "<table>", "</table>", "<tr", ">",  "<td ", "rowspan=99", "colspan", "=\"",     "&",
      "#x;",     "<!--",     "-->", "</", "<th>", "\xFF",       "\x1b",    "<style>", "text"};
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string html;
    for (int i = 0; i < 30; ++i) html += pieces[random() % std::size(pieces)];
    const std::string text = text_of(html, 1 + random() % 80);
    REQUIRE(text.find('\x1b') == std::string::npos);
  }
}
