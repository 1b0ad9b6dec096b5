// SPDX-License-Identifier: Apache-2.0
//
// The compiler with the program that the snippets of one context have made so far: it judges a
// snippet, adds it, and runs what it added.
//
// A snippet is first judged in a forked child (trial.hpp), so that only sound ones ever touch this
// process. Lives as long as the worker; one for each process. Never catches what running code does:
// that is the guard's.
#pragma once

#include "diagnostics.hpp"
#include "redefinition.hpp"
#include "statement.hpp"
#include "trial.hpp"
#include "values.hpp"

#include <clang/Interpreter/Interpreter.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class Guard;

struct Verdict {
  enum class State {
    sound,
    faulty,
    interrupted,
    broken
  };  // broken: the compiler itself failed on it
  State state = State::sound;
  Complaint complaint;
};

class Compiler : public clang::Interpreter {
 public:
  // Throws std::runtime_error when it cannot be made, for want of headers for example.
  static std::unique_ptr<Compiler> make(const std::vector<const char*>& flags, Guard& guard);
  ~Compiler() override;

  bool cpp() const;
  // Nothing is changed by it, but that add() then lets the snippet redefine what it does.
  Verdict judge(std::string_view code);
  // The snippet that was judged last, and found sound, becomes part of the program; its code does
  // not run yet. False, and the complaint is in diagnostics(), when it is not sound any more.
  bool add(std::string_view code);
  // Runs what add() has added; a `main` among it is called. True when one was, and then `status` is
  // what it returned. Throws LinkError.
  bool run(int& status);
  // The user's destructors of what lives until the end.
  void finish();

  // For run(): each ended by a NUL byte. Those of the last call stay until the next.
  void set_arguments(const std::string& argv);

  // Only in a child: parses at once, whatever it does to this process.
  bool parse(std::string_view code);
  // The last expression that was parsed, for only_look(); or null.
  Values& values() { return values_; }
  Diagnostics& diagnostics() { return *diagnostics_; }
  Redefinitions& redefinitions() { return redefinitions_; }

 private:
  Compiler(std::unique_ptr<clang::CompilerInstance> instance, llvm::Error& error,
           Diagnostics& diagnostics, Guard& guard);
  Words tried(std::string_view code);
  bool parse_text(std::string_view text, std::string_view code);
  llvm::orc::LLJIT& engine();
  bool is_linkable();
  void link();
  void define_symbols();
  void start();

  std::unique_ptr<clang::RuntimeInterfaceBuilder> FindRuntimeInterface() override {
    return values_.make_builder();
  }

  Guard& guard_;
  Diagnostics* diagnostics_;  // the compiler instance's own
  Redefinitions redefinitions_;
  Statements statements_;
  Values values_;
  clang::PartialTranslationUnit* added_ = nullptr;
  std::vector<clang::NamedDecl*> in_the_way_;  // of the snippet that was judged last
  std::string accepted_;                       // that snippet's text, as the compiler takes it
  unsigned serial_ = 0;
  std::string link_trouble_;
  std::string argument_bytes_;
  std::vector<char*> arguments_;
};

}  // namespace quern
