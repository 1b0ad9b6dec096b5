// SPDX-License-Identifier: Apache-2.0
#include "html_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace quern {
namespace {

constexpr std::size_t most_span = 100;
constexpr std::size_t longest_entity = 12;

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
bool is_letter(char c) { return small(c) >= 'a' && small(c) <= 'z'; }

std::string utf8_of(std::uint32_t code) {
  std::string text;
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    add(0xE0 | code >> 12);
    add(0x80 | (code >> 6 & 0x3F));
  } else {
    add(0xF0 | code >> 18);
    add(0x80 | (code >> 12 & 0x3F));
    add(0x80 | (code >> 6 & 0x3F));
  }
  if (code >= 0x80) add(0x80 | (code & 0x3F));
  return text;
}

std::optional<std::string> number_entity(std::string_view name) {
  const bool hex = name.size() > 1 && small(name[1]) == 'x';
  const char* const begin = name.data() + (hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto read = std::from_chars(begin, name.data() + name.size(), code, hex ? 16 : 10);
  if (read.ec != std::errc() || read.ptr != name.data() + name.size()) return std::nullopt;
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return std::nullopt;
  return utf8_of(code);
}

// The names that values are written with; any other stays as it is.
std::optional<std::string> entity(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"amp", "&"},    {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},
      {"nbsp", " "},   {"hellip", "…"}, {"times", "×"},  {"minus", "−"},  {"ndash", "–"},
      {"mdash", "—"},  {"deg", "°"},    {"plusmn", "±"}, {"middot", "·"}, {"le", "≤"},
      {"ge", "≥"},     {"ne", "≠"},     {"rarr", "→"},   {"larr", "←"},   {"infin", "∞"},
      {"vellip", "⋮"}, {"dtdot", "⋱"},  {"mu", "μ"},     {"bull", "•"},   {"copy", "©"},
  };
  if (name.starts_with('#') && name.size() > 1) return number_entity(name);
  for (const auto& [known_name, text] : known)
    if (known_name == name) return std::string(text);
  return std::nullopt;
}

std::string resolved(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t begin = text.find('&');
    result += text.substr(0, begin);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::size_t end = text.substr(0, longest_entity).find(';');
    const auto meant =
        end == std::string_view::npos ? std::nullopt : entity(text.substr(1, end - 1));
    result += meant.value_or("&");
    text.remove_prefix(meant ? end + 1 : 1);
  }
  return result;
}

bool begins_tag(std::string_view html) {
  return html.size() > 1 && html[0] == '<' &&
         (is_letter(html[1]) || html[1] == '!' || html[1] == '?' ||
          (html[1] == '/' && html.size() > 2 && is_letter(html[2])));
}

// Behind its `>`; one within quotes is none.
std::size_t end_of_tag(std::string_view html) {
  char quote = 0;
  for (std::size_t i = 1; i < html.size(); ++i) {
    if (quote != 0)
      quote = html[i] == quote ? 0 : quote;
    else if ((html[i] == '"' || html[i] == '\'') && html[i - 1] == '=')
      quote = html[i];
    else if (html[i] == '>')
      return i + 1;
  }
  return html.size();
}

bool same(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return small(a) == small(b); });
}

}  // namespace

std::optional<HtmlPiece> HtmlReader::next() {
  while (!rest_.empty()) {
    if (rest_.starts_with("<!--")) {
      const std::size_t end = rest_.find("-->", 4);
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 3);
      continue;
    }
    if (!begins_tag(rest_)) {
      std::size_t end = rest_.find('<', 1);
      while (end != std::string_view::npos && !begins_tag(rest_.substr(end)))
        end = rest_.find('<', end + 1);
      HtmlPiece piece;
      piece.text = resolved(rest_.substr(0, end));
      rest_.remove_prefix(std::min(end, rest_.size()));
      return piece;
    }
    HtmlPiece piece = read_tag();
    if (piece.text == "style" || piece.text == "script" || piece.text == "head") {
      if (!piece.closing) skip_until_closed(piece.text);
      continue;
    }
    if (!piece.text.empty()) return piece;
  }
  return std::nullopt;
}

HtmlPiece HtmlReader::read_tag() {
  const std::size_t end = end_of_tag(rest_);
  std::string_view inner = rest_.substr(1, end - 1);
  rest_.remove_prefix(end);
  if (inner.ends_with('>')) inner.remove_suffix(1);
  HtmlPiece piece;
  piece.tag = true;
  piece.closing = inner.starts_with('/');
  if (piece.closing) inner.remove_prefix(1);
  std::size_t name = 0;
  while (name < inner.size() &&
         (is_letter(inner[name]) || (name > 0 && inner[name] >= '0' && inner[name] <= '9')))
    piece.text += small(inner[name++]);
  piece.attributes = inner.substr(name);
  return piece;
}

void HtmlReader::skip_until_closed(std::string_view name) {
  std::size_t at = 0;
  for (;;) {
    at = rest_.find("</", at);
    if (at == std::string_view::npos) return rest_.remove_prefix(rest_.size());
    if (same(rest_.substr(at + 2, name.size()), name)) return rest_.remove_prefix(at);
    at += 2;
  }
}

std::size_t span_of(std::string_view attributes, std::string_view name) {
  for (std::size_t at = 0; at + name.size() < attributes.size(); ++at) {
    if (!same(attributes.substr(at, name.size()), name)) continue;
    const std::size_t digit = attributes.find_first_not_of(" =\"'", at + name.size());
    if (digit == std::string_view::npos) return 1;
    std::size_t span = 1;
    std::from_chars(attributes.data() + digit, attributes.data() + attributes.size(), span);
    return std::clamp<std::size_t>(span, 1, most_span);
  }
  return 1;
}

}  // namespace quern
