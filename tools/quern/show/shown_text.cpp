// SPDX-License-Identifier: Apache-2.0
#include "shown_text.hpp"

#include "harmless.hpp"
#include "html_text.hpp"
#include "progress_line.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace quern {
namespace {

constexpr int indent = 2;

std::string pretty_json(std::string_view text) {
  using Json = nlohmann::ordered_json;
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return harmless(text);
  // Short ones are read best on one line.
  constexpr std::size_t short_line = 72;
  std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return harmless(line.size() <= short_line
                      ? line
                      : json.dump(indent, ' ', false, Json::error_handler_t::replace));
}

// Headings stand out; all else is read as it is written.
std::string markdown_text(std::string_view source, const Paint& paint) {
  const std::string text = harmless(source);
  std::string result;
  bool code = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    const std::size_t title = line.find_first_not_of('#');
    if (line.starts_with("```")) code = !code;
    const bool heading =
        !code && title != std::string::npos && title > 0 && title <= 6 && line[title] == ' ';
    result += (heading ? paint.bold(line.substr(title + 1)) : line) + "\n";
    at = end + 1;
  }
  return result;
}

// `$$x^2$$` as what stands between the marks.
std::string latex_text(std::string_view text) {
  while (!text.empty() && (text.front() == '$' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '$' || text.back() == '\n')) text.remove_suffix(1);
  return harmless(text);
}

std::string number_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

}  // namespace

std::string form_text(const Form& form, const Paint& paint, std::size_t columns) {
  std::string text;
  if (form.mime == "text/plain")
    text = form.bytes;  // as the language gave it, colours and all
  else if (form.mime == "text/html")
    text = html_text(form.bytes, paint, columns);
  else if (form.mime == "text/markdown")
    text = markdown_text(form.bytes, paint);
  else if (form.mime == "text/latex")
    text = latex_text(form.bytes);
  else if (form.mime == "application/json")
    text = pretty_json(form.bytes);
  else
    text = "[" + harmless_line(form.mime) + ", " + std::to_string(form.bytes.size()) + " bytes]";
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string progress_text(const Progressed& progress, std::size_t columns) {
  std::string amounts = number_text(progress.current);
  if (progress.total <= 0) return progress_line(progress.label, amounts, std::nullopt, columns);
  amounts += " of " + number_text(progress.total);
  return progress_line(progress.label, amounts, progress.current / progress.total, columns);
}

}  // namespace quern
