// SPDX-License-Identifier: Apache-2.0
#include "forms.hpp"
#include "graphemes.hpp"
#include "shown_text.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

std::string text_of(const std::vector<Form>& forms) {
  const auto form = text_among(forms);
  return form ? form_text(*form, Paint(false), 80) : "";
}

}  // namespace

TEST_CASE("The language's own text is shown, unless it only stands for something") {
  CHECK(text_of({{"text/html", "<b>rich</b>"}, {"text/plain", "own"}}) == "own");
  CHECK(text_of({{"text/plain", "<Thing at 0x1>"}, {"text/html", "<b>rich</b>"}}) == "rich");
  CHECK(text_of({{"text/plain", "<Thing at 0x1>"}}) == "<Thing at 0x1>");
  CHECK(text_of({{"text/html", "<b>only</b>"}}) == "only");
}

TEST_CASE("A frame of data is shown as a table") {
  CHECK(text_of({{"text/plain", "   a\n0  1"},
                 {"text/html",
                  "<table class=\"dataframe\"><tr><th><th>a</tr><tr><th>0<td>1</table>"}}) ==
        "   a\n────\n0  1");
}

TEST_CASE("Markdown, JSON and LaTeX are read as text") {
  CHECK(text_of({{"text/markdown", "# Title\n*one*\n```\n# code\n```\n"}}) ==
        "Title\n*one*\n```\n# code\n```");
  CHECK(text_of({{"application/json", "{\"a\":[1,2]}"}}) == "{\"a\":[1,2]}");
  CHECK(text_of({{"application/json", "[\"" + std::string(80, 'x') + "\"]"}}) ==
        "[\n  \"" + std::string(80, 'x') + "\"\n]");
  CHECK(text_of({{"application/json", "{broken"}}) == "{broken");
  CHECK(text_of({{"text/latex", "$$x^2$$"}}) == "x^2");
}

TEST_CASE("Progress fits one line and survives any numbers") {
  CHECK(progress_text({30, 120, "training"}, 80) ==
        "training  ██████░░░░░░░░░░░░░░░░░░  25%  30 of 120");
  CHECK(progress_text({7, 0, ""}, 80) == "7");
  CHECK(progress_text({3, 1, "a\nb"}, 40) == "a b  ████████████████████  100%  3 of 1");
  CHECK(progress_text({30, 120, "training"}, 30) == "training  25%  30 of 120");
  CHECK(columns_of(progress_text({1, 2, std::string(100, 'x')}, 20)) == 19);
}
