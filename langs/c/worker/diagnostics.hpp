// SPDX-License-Identifier: Apache-2.0
//
// What the compiler has to say about one snippet: the first error with its place in the snippet,
// the whole text as the compiler writes it, and what earlier declarations each error points at.
//
// Owned by the compiler's diagnostics engine for as long as it lives; begin() starts a new snippet.
// Notes follow the error that they belong to. Warnings are not kept. Never prints.
#pragma once

#include <clang/AST/DeclarationName.h>
#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/SourceLocation.h>

#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct Complaint {
  std::string message;  // of the first error
  unsigned line = 0;    // both from 1; 0: not in the snippet
  unsigned column = 0;
  bool at_end = false;  // it is about what is not there yet, behind all that is
  std::string text;     // of all errors and notes
};

struct Previous {
  clang::SourceLocation place;
  std::vector<clang::DeclarationName> names;  // that the error speaks of
};

class Diagnostics : public clang::DiagnosticConsumer {
 public:
  // A snippet begins: its own text, and what is parsed, in which that begins so many bytes behind
  // the begin.
  void begin(std::string_view code, unsigned prefix);
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& info) override;

  // A complaint about what is missing at the snippet's end.
  Complaint missing(std::string_view code, const std::string& what);

  // A complaint about no place in particular.
  void complain(const std::string& message);

  bool failed() const { return failed_; }
  const Complaint& complaint() const { return complaint_; }
  const std::vector<Previous>& previous() const { return previous_; }
  // In what is parsed, behind the prefix: initializers that C wants to be constant.
  const std::vector<unsigned>& not_constant() const { return not_constant_; }

 private:
  void place_of(const clang::Diagnostic& info);
  void render(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info,
              const std::string& message);

  unsigned prefix_ = 0;
  Complaint end_;  // its place is the snippet's end
  bool failed_ = false;
  Complaint complaint_;
  std::vector<clang::DeclarationName> names_;
  std::vector<Previous> previous_;
  std::vector<unsigned> not_constant_;
};

}  // namespace quern
