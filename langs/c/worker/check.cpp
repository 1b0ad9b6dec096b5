// SPDX-License-Identifier: Apache-2.0
#include "questions.hpp"

#include "compiler.hpp"
#include "text.hpp"

#include <clang/Frontend/CompilerInstance.h>

#include <algorithm>

namespace quern {
namespace {

constexpr std::size_t indent_width = 4;

std::string indent(const Shape& shape) {
  auto braces = std::count(shape.open.begin(), shape.open.end(), clang::tok::l_brace);
  return std::string(static_cast<std::size_t>(braces) * indent_width, ' ');
}

}  // namespace

Check check(Compiler& compiler, std::string_view code) {
  Shape shape = shape_of(code, compiler.getCompilerInstance()->getLangOpts());
  if (!shape.crossed && shape.is_open()) {
    return {"incomplete", indent(shape)};
  }
  Verdict verdict = compiler.judge(code);
  switch (verdict.state) {
    case Verdict::State::sound: return {"complete", ""};
    case Verdict::State::faulty:
      return {verdict.complaint.at_end && !shape.crossed ? "incomplete" : "invalid", ""};
    case Verdict::State::interrupted:
    case Verdict::State::broken: break;
  }
  return {"unknown", ""};
}

}  // namespace quern
