// SPDX-License-Identifier: Apache-2.0
#include "error_text.hpp"

#include "graphemes.hpp"
#include "harmless.hpp"

#include <algorithm>
#include <vector>

namespace quern {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The end of `FILE:LINE:` or `FILE:LINE:COLUMN:` at the beginning of a line; 0: there is none.
std::size_t end_of_place(std::string_view line) {
  for (std::size_t at = line.find(':'); at != std::string_view::npos; at = line.find(':', at + 1)) {
    std::size_t end = at;
    while (end + 1 < line.size() && line[end] == ':' && is_digit(line[end + 1])) {
      ++end;
      while (end < line.size() && is_digit(line[end])) ++end;
    }
    if (end > at && (end == line.size() || line[end] == ':')) return std::min(end + 1, line.size());
    if (line[at] == ' ') break;
  }
  return 0;
}

// How languages begin the lines that only say where.
bool is_place(std::string_view line) {
  constexpr std::string_view beginnings[] = {"File \"",   "at ",   "--> ",
                                             "Traceback", "from ", "In file "};
  const std::string_view text = trimmed(line);
  if (std::any_of(std::begin(beginnings), std::end(beginnings),
                  [&](std::string_view one) { return text.starts_with(one); }))
    return true;
  return end_of_place(text) == text.size() && !text.empty();
}

// `    ~~^~~`, `  |     ^`: nothing but marks.
bool is_marks(std::string_view line) {
  return line.find_first_of("^~") != std::string_view::npos &&
         line.find_first_not_of(" \t|^~-") == std::string_view::npos;
}

// The line that says what is wrong: the last one with name and message, with the message, or with
// the name.
std::size_t headline_of(const Lines& lines, const ErrorRaised& error) {
  const Lines said = lines_of(harmless(error.message));
  const std::string name = harmless_line(error.name);
  const std::string message = said.empty() ? "" : said.front();
  for (const std::string& words : {name + ": " + message, message, name}) {
    if (words.empty()) continue;
    for (std::size_t i = lines.size(); i-- > 0;)
      if (lines[i].find(words) != std::string::npos) return i;
  }
  return lines.empty() ? 0 : lines.size() - 1;
}

std::string painted(const std::string& line, bool headline, const Paint& paint) {
  if (headline) {
    const std::size_t place = end_of_place(line);
    return paint.dim(line.substr(0, place)) + paint.alarm(line.substr(place));
  }
  if (is_place(line)) return paint.dim(line);
  if (is_marks(line)) {
    const std::size_t begin = line.find_first_of("^~");
    return line.substr(0, begin) + paint.mark(line.substr(begin));
  }
  return line;
}

// Is it a place in what was entered, and not in a file of somebody else?
bool is_of_input(const ErrorRaised& error) {
  return error.file.empty() || error.file.starts_with('<') || error.file.starts_with("snippet");
}

// Code, perhaps behind a compiler's margin: ` 3 | x = 1`.
bool shows(std::string_view told, std::string_view code) {
  told = trimmed(told);
  if (!told.ends_with(code)) return false;
  const std::string_view margin = told.substr(0, told.size() - code.size());
  return margin.find_first_not_of(" \t0123456789|>") == std::string_view::npos;
}

std::string shown_line(const ErrorRaised& error, const Lines& told, std::string_view code,
                       const Paint& paint) {
  const Lines lines = lines_of(code);
  if (error.kind != ErrorKind::compile || !error.line || !is_of_input(error)) return {};
  if (*error.line < 1 || *error.line > static_cast<std::int64_t>(lines.size())) return {};
  const std::string line = harmless(lines[static_cast<std::size_t>(*error.line) - 1]);
  const std::string_view text = trimmed(line);
  if (text.empty() || std::any_of(told.begin(), told.end(),
                                  [&](const std::string& one) { return shows(one, text); }))
    return {};
  const std::string number = std::to_string(*error.line);
  std::string shown = paint.dim("  " + number + " | ") + line + "\n";
  if (!error.column || *error.column < 1) return shown;
  // Under the column, whatever is before it: tabs as tabs, wide characters as wide.
  std::string blank;
  std::size_t at = 0;
  for (std::int64_t column = 1; column < *error.column && at < line.size(); ++column) {
    const std::size_t end = next_grapheme(line, at);
    const std::string_view one = std::string_view(line).substr(at, end - at);
    blank += one == "\t" ? "\t" : std::string(static_cast<std::size_t>(columns_of(one)), ' ');
    at = end;
  }
  return shown + paint.dim("  " + std::string(number.size(), ' ') + " | ") + blank +
         paint.mark("^") + "\n";
}

}  // namespace

std::string error_text(const ErrorRaised& error, std::string_view code, const Paint& paint) {
  Lines lines;
  for (const std::string& entry : error.traceback)
    for (std::string& line : lines_of(harmless(entry))) lines.push_back(std::move(line));
  if (lines.empty())
    lines = lines_of(harmless(error.name + (error.message.empty() ? "" : ": " + error.message)));
  const std::size_t headline = headline_of(lines, error);
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += painted(lines[i], i == headline, paint) + "\n";
  return text + shown_line(error, lines, code, paint);
}

}  // namespace quern
