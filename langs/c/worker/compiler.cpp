// SPDX-License-Identifier: Apache-2.0
#include "compiler.hpp"

#include "consumer.hpp"
#include "failure.hpp"
#include "guard.hpp"
#include "libc.hpp"
#include "link.hpp"
#include "prelude.hpp"
#include "text.hpp"
#include "trial.hpp"

#include <clang/AST/ASTContext.h>
#include <clang/AST/GlobalDecl.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Interpreter/PartialTranslationUnit.h>
#include <clang/Sema/Sema.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/Support/TargetSelect.h>

#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace quern {
namespace {

const char* const beginning = "__quern_begins";
constexpr unsigned seconds_for_snippet = 600;  // a compilation that takes longer never ends
constexpr int most_rounds = 8;                 // each lets one more redefinition come to light
constexpr unsigned most_padding = 4096;

int argument_count = 0;  // what snippets see as quern_argc and quern_argv
char** argument_list = nullptr;

void must(llvm::Error error) {
  if (error) {
    throw std::runtime_error(llvm::toString(std::move(error)));
  }
}

template <class Value>
Value must(llvm::Expected<Value> value) {
  if (!value) {
    throw std::runtime_error(llvm::toString(value.takeError()));
  }
  return std::move(*value);
}

template <class Value>
Value& must(llvm::Expected<Value&> value) {
  if (!value) {
    throw std::runtime_error(llvm::toString(value.takeError()));
  }
  return *value;
}

Words told(bool sound, const Complaint& complaint, const std::string& rewritten,
           const std::vector<clang::NamedDecl*>& in_the_way) {
  Words words{sound ? "sound" : "faulty",
              complaint.message,
              std::to_string(complaint.line),
              std::to_string(complaint.column),
              complaint.at_end ? "1" : "",
              complaint.text,
              rewritten};
  for (clang::NamedDecl* decl : in_the_way) {
    words.push_back(std::to_string(reinterpret_cast<std::uintptr_t>(decl)));
  }
  return words;
}

unsigned number(const std::string& word) { return static_cast<unsigned>(std::stoul(word)); }

}  // namespace

std::unique_ptr<Compiler> Compiler::make(const std::vector<const char*>& flags, Guard& guard) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  clang::IncrementalCompilerBuilder builder;
  builder.SetCompilerArgs(flags);
  std::unique_ptr<clang::CompilerInstance> instance = must(builder.CreateCpp());
  auto diagnostics = std::make_unique<Diagnostics>();
  Diagnostics& borrowed = *diagnostics;
  instance->getDiagnostics().setClient(diagnostics.release(), true);
  llvm::Error error = llvm::Error::success();
  std::unique_ptr<Compiler> compiler(new Compiler(std::move(instance), error, borrowed, guard));
  must(std::move(error));
  compiler->start();
  return compiler;
}

Compiler::Compiler(std::unique_ptr<clang::CompilerInstance> instance, llvm::Error& error,
                   Diagnostics& diagnostics, Guard& guard)
    : Interpreter((observe_declarations(nullptr, nullptr), std::move(instance)), error),
      guard_(guard),
      diagnostics_(&diagnostics),
      values_(*this) {}

Compiler::~Compiler() = default;

bool Compiler::cpp() const { return getCompilerInstance()->getLangOpts().CPlusPlus; }

void Compiler::start() {
  define_symbols();
  guard_.barrier().watch(engine());
  diagnostics_->begin("", 0);
  auto made = Parse(prelude(cpp()));
  if (!made) {
    llvm::consumeError(made.takeError());
    throw std::runtime_error("the usual headers do not compile: " + diagnostics_->complaint().text);
  }
  must(Execute(*made));
  observe_declarations(&redefinitions_, &statements_);
  set_arguments("");
}

llvm::orc::LLJIT& Compiler::engine() { return must(getExecutionEngine()); }

void Compiler::define_symbols() {
  // It would write to the user's stderr.
  engine().getExecutionSession().setErrorReporter(
      [this](llvm::Error error) { link_trouble_ = llvm::toString(std::move(error)); });
  llvm::orc::SymbolMap symbols;
  auto add = [&](const char* name, void* at) {
    symbols[engine().mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(at),
                                               llvm::JITSymbolFlags::Exported};
  };
  for (auto [name, at] : Values::symbols()) {
    add(name, at);
  }
  for (auto [name, at] : libc_symbols()) {
    add(name, at);
  }
  add(beginning, reinterpret_cast<void*>(&Guard::code_begins));
  add("quern_argc", &argument_count);
  add("quern_argv", &argument_list);
  must(engine().getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(symbols))));
}

void Compiler::set_arguments(const std::string& argv) {
  argument_bytes_ = std::string("main") + '\0' + argv;
  arguments_.clear();
  for (char* at = argument_bytes_.data(); at < argument_bytes_.data() + argument_bytes_.size();
       at += std::strlen(at) + 1) {
    arguments_.push_back(at);
  }
  argument_count = static_cast<int>(arguments_.size());
  arguments_.push_back(nullptr);
  argument_list = arguments_.data();
}

bool Compiler::parse(std::string_view code) {
  return parse_text(with_signs_led(code, getCompilerInstance()->getLangOpts()), code);
}

bool Compiler::parse_text(std::string_view text_of_snippet, std::string_view code) {
  // The semicolon, for a snippet that begins with a bracket. The padding gives every declaration a
  // place of its own, for two at the same offset are taken for one header that was included twice.
  std::string text = ";" + std::string(++serial_ % most_padding, ' ') + "\n#line 1 \"snippet\"\n";
  diagnostics_->begin(code, static_cast<unsigned>(text.size()));
  text += text_of_snippet;
  redefinitions_.begin();
  auto made = Parse(text);
  if (!made) {
    llvm::consumeError(made.takeError());
    added_ = nullptr;
    return false;
  }
  added_ = &*made;
  return true;
}

// Else the complaint is in the diagnostics.
bool Compiler::is_linkable() {
  std::vector<std::string> names = undefined_names(*added_->TheModule, engine());
  for (const std::string& name : names) {
    diagnostics_->complain("undefined reference to '" + name + "'");
  }
  return names.empty();
}

// In a child.
Words Compiler::tried(std::string_view code) {
  clang::Sema& sema = getCompilerInstance()->getSema();
  for (clang::NamedDecl* decl : in_the_way_) {
    redefinitions_.hide(decl, sema);
  }
  bool sound = false;
  // Clang crashes while it cleans up behind some errors, a second definition of a struct for one:
  // it has told by then.
  if (!survived([&] { sound = parse_text(accepted_, code); }) && !diagnostics_->failed()) {
    return {"broken"};
  }
  if (sound) {
    bool linkable = is_linkable();
    return told(linkable, diagnostics_->complaint(), "", {});
  }
  // From the last to the first, so that the places of those before it stay.
  std::vector<unsigned> places = diagnostics_->not_constant();
  std::string rewritten = accepted_;
  for (auto place = places.rbegin(); place != places.rend(); ++place) {
    rewritten = with_initializer_moved(rewritten, *place, getCompilerInstance()->getLangOpts())
                    .value_or(rewritten);
  }
  return told(false, diagnostics_->complaint(), rewritten == accepted_ ? "" : rewritten,
              redefinitions_.in_the_way(diagnostics_->previous(), sema));
}

Verdict Compiler::judge(std::string_view code) {
  const clang::LangOptions& options = getCompilerInstance()->getLangOpts();
  in_the_way_.clear();
  accepted_ = with_signs_led(code, options);
  Verdict verdict;
  // Clang would look for the closing brace for ever.
  if (Shape shape = shape_of(code, options); !shape.crossed && shape.is_open()) {
    verdict.state = Verdict::State::faulty;
    verdict.complaint = diagnostics_->missing(code, shape.missing());
    return verdict;
  }
  for (int round = 0; round < most_rounds; ++round) {
    auto words = in_a_child(guard_, seconds_for_snippet, [&] { return tried(code); });
    if (!words || words->size() == 1) {
      verdict.state = guard_.interrupted() ? Verdict::State::interrupted : Verdict::State::broken;
      return verdict;
    }
    const Words& told = *words;
    verdict.state = told[0] == "sound" ? Verdict::State::sound : Verdict::State::faulty;
    verdict.complaint = {told[1], number(told[2]), number(told[3]), !told[4].empty(), told[5]};
    if (told.size() == 7 && told[6].empty()) {
      return verdict;
    }
    if (!told[6].empty()) {
      accepted_ = told[6];
    }
    for (std::size_t i = 7; i < told.size(); ++i) {
      in_the_way_.push_back(reinterpret_cast<clang::NamedDecl*>(std::stoull(told[i])));
    }
  }
  return verdict;
}

bool Compiler::add(std::string_view code) {
  for (clang::NamedDecl* decl : in_the_way_) {
    redefinitions_.hide(decl, getCompilerInstance()->getSema());
  }
  in_the_way_.clear();
  return parse_text(accepted_, code);
}

// The code at top level runs with it.
void Compiler::link() {
  link_trouble_.clear();
  begin_with(beginning, *added_->TheModule);
  if (llvm::Error error = Execute(*added_)) {
    std::string trouble = llvm::toString(std::move(error));
    // Or the next snippet would be told once more.
    llvm::consumeError(engine().initialize(engine().getMainJITDylib()));
    throw LinkError(link_trouble_.empty() ? trouble : link_trouble_);
  }
}

bool Compiler::run(int& status) {
  link();
  clang::FunctionDecl* main = redefinitions_.main();
  if (!main) {
    return false;
  }
  auto at = must(getSymbolAddress(clang::GlobalDecl(main)));
  Guard::code_begins();
  status = at.toPtr<int (*)(int, char**, char**)>()(argument_count, argument_list, environ);
  return true;
}

void Compiler::finish() {
  Guard::code_begins();
  llvm::consumeError(engine().deinitialize(engine().getMainJITDylib()));
}

}  // namespace quern
