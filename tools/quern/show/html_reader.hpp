// SPDX-License-Identifier: Apache-2.0
// HTML piece by piece: a tag or a run of text, whatever the bytes are. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace quern {

struct HtmlPiece {
  bool tag = false;
  bool closing = false;  // of a tag: </…>
  std::string text;      // a tag's name in small letters, or characters with entities resolved
  std::string_view attributes;
};

class HtmlReader {
 public:
  explicit HtmlReader(std::string_view html) : rest_(html) {}
  // Comments, and what stands in style, script and head, are left out.
  std::optional<HtmlPiece> next();

 private:
  HtmlPiece read_tag();
  void skip_until_closed(std::string_view name);
  std::string_view rest_;
};

// `colspan="2"` as 2; 1 where there is none, and never more than a table may have.
std::size_t span_of(std::string_view attributes, std::string_view name);

}  // namespace quern
