// SPDX-License-Identifier: Apache-2.0
//
// Makes text of the value of a snippet's last expression, the one without a semicolon.
//
// The compiler hands over the expression when it has parsed it; what comes back is a call that, run
// with the rest of the snippet, leaves the value's text here. A C value, and a plain one of C++, is
// read from memory by its type; the others of C++ go through the templates of the prelude. Streams,
// and what has no value, are left as they are.
//
// One for each process: the calls that are compiled into snippets find it by name. Owned by the
// compiler.
#pragma once

#include <clang/Interpreter/Interpreter.h>
#include <clang/Sema/Ownership.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace clang {
class Expr;
class Interpreter;
}  // namespace clang

namespace quern {

class Values {
 public:
  explicit Values(clang::Interpreter& interpreter);
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;

  // The text of the last value, which is then forgotten; empty: there was none.
  std::string take();
  // From now on expressions are only looked at: what is inspected is not shown.
  void only_look() { only_look_ = true; }
  clang::Expr* seen() const { return seen_; }

  std::unique_ptr<clang::RuntimeInterfaceBuilder> make_builder();
  // The names by which snippets call home, and where they lead.
  static std::vector<std::pair<const char*, void*>> symbols();

 private:
  friend struct Calls;

  clang::ExprResult shown(clang::Expr* expression);
  clang::Expr* address_of(clang::Expr* expression);
  clang::Expr* pointer(const void* address);
  clang::ExprResult call(const char* function, std::vector<clang::Expr*> arguments);

  clang::Interpreter& interpreter_;
  std::string text_;
  bool only_look_ = false;
  clang::Expr* seen_ = nullptr;
};

}  // namespace quern
