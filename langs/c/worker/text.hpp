// SPDX-License-Identifier: Apache-2.0
//
// A snippet as a text of tokens: what is still open at its end, and the changes that a compiler of
// programs needs before it takes a snippet. A change keeps every line and column of what it leaves.
// Pure.
#pragma once

#include <clang/Basic/TokenKinds.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clang {
class LangOptions;
}

namespace quern {

struct Shape {
  std::vector<clang::tok::TokenKind> open;
  int conditions = 0;    // #if without #endif
  bool cut = false;      // within a comment or a raw string, or behind a backslash
  bool crossed = false;  // a bracket closed that was not open

  bool is_open() const { return !open.empty() || conditions > 0 || cut; }
  // What would close it, in words: expected '}'.
  std::string missing() const;
};

Shape shape_of(std::string_view code, const clang::LangOptions& options);

// Clang takes a plus or minus that begins a statement at file level for Objective-C.
std::string with_signs_led(std::string_view code, const clang::LangOptions& options);

// C wants constants in the initializers of globals. The one around this offset becomes an
// assignment behind its declaration; nothing when there is none such.
std::optional<std::string> with_initializer_moved(std::string_view code, std::size_t offset,
                                                  const clang::LangOptions& options);

}  // namespace quern
