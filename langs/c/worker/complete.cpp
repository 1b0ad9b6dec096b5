// SPDX-License-Identifier: Apache-2.0
#include "questions.hpp"

#include "compiler.hpp"
#include "trial.hpp"

#include <clang/Basic/FileManager.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Sema/CodeCompleteConsumer.h>
#include <clang/Sema/Sema.h>
#include <clang/Sema/SemaCodeCompletion.h>

#include <algorithm>
#include <map>

namespace quern {
namespace {

constexpr std::size_t most_items = 500;
const char* const completion_file = "/quern/completion";  // never on disk

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string kind_of(const clang::NamedDecl* decl) {
  using Kind = clang::Decl::Kind;
  switch (decl->getKind()) {
    case Kind::Function:
    case Kind::FunctionTemplate: return "function";
    case Kind::CXXMethod:
    case Kind::CXXConversion: return "method";
    case Kind::Var:
    case Kind::ParmVar:
    case Kind::Binding: return "variable";
    case Kind::Field:
    case Kind::IndirectField: return "field";
    case Kind::EnumConstant: return "constant";
    case Kind::Namespace:
    case Kind::NamespaceAlias: return "namespace";
    default: return llvm::isa<clang::TypeDecl, clang::ClassTemplateDecl>(decl) ? "type" : "";
  }
}

class Collector : public clang::CodeCompleteConsumer {
 public:
  Collector(std::string prefix, bool keywords)
      : CodeCompleteConsumer(options()),
        prefix_(std::move(prefix)),
        keywords_(keywords),
        unit_(std::make_shared<clang::GlobalCodeCompletionAllocator>()) {}

  void ProcessCodeCompleteResults(clang::Sema& sema, clang::CodeCompletionContext context,
                                  clang::CodeCompletionResult* results, unsigned count) override {
    using Kind = clang::CodeCompletionContext::Kind;
    of_object_ = context.getKind() == Kind::CCC_DotMemberAccess ||
                 context.getKind() == Kind::CCC_ArrowMemberAccess;
    if (!of_object_ && keywords_ && !prefix_.empty()) {
      add_keywords(sema);
    }
    for (unsigned i = 0; i < count; ++i) {
      add(results[i]);
    }
  }

  clang::CodeCompletionAllocator& getAllocator() override { return unit_.getAllocator(); }
  clang::CodeCompletionTUInfo& getCodeCompletionTUInfo() override { return unit_; }

  Words words() const {
    Words words;
    for (const auto& [text, kind] : items_) {
      if (words.size() < 2 * most_items) {
        words.push_back(text);
        words.push_back(kind);
      }
    }
    return words;
  }

 private:
  static clang::CodeCompleteOptions options() {
    clang::CodeCompleteOptions options;
    options.IncludeMacros = true;
    options.IncludeGlobals = true;
    options.IncludeBriefComments = false;
    return options;
  }

  void add(const clang::CodeCompletionResult& result) {
    std::string text, kind;
    switch (result.Kind) {
      case clang::CodeCompletionResult::RK_Declaration:
        if (!result.Declaration->getDeclName().isIdentifier() ||
            result.Availability == CXAvailability_NotAccessible ||
            (of_object_ && llvm::isa<clang::TypeDecl>(result.Declaration))) {
          return;  // operators, constructors, private parts, a class's own name in itself
        }
        text = result.Declaration->getNameAsString();
        kind = kind_of(result.Declaration);
        break;
      case clang::CodeCompletionResult::RK_Keyword:
        text = result.Keyword;
        kind = "keyword";
        break;
      case clang::CodeCompletionResult::RK_Macro:
        text = result.Macro->getName();
        kind = "macro";
        break;
      case clang::CodeCompletionResult::RK_Pattern: return;
    }
    add(text, kind);
  }

  // Those of statements too, which the compiler leaves out where a declaration may stand.
  void add_keywords(clang::Sema& sema) {
    for (const auto& entry : sema.getPreprocessor().getIdentifierTable()) {
      if (entry.second->isKeyword(sema.getLangOpts())) {
        add(entry.getKey().str(), "keyword");
      }
    }
  }

  void add(const std::string& text, const std::string& kind) {
    // Names with two underscores are the library's and the worker's, unless that is what is asked
    // for.
    bool reserved = text.starts_with("_") && !prefix_.starts_with("_");
    if (!text.empty() && text.starts_with(prefix_) && !reserved && !text.starts_with("__quern") &&
        text.find_first_of("\t\n ") == std::string::npos) {
      items_.emplace(text, kind);
    }
  }

  std::string prefix_;
  bool keywords_;
  bool of_object_ = false;
  clang::CodeCompletionTUInfo unit_;
  std::map<std::string, std::string> items_;
};

// `std::` is no place for keywords, but the compiler does not say that it knows.
bool is_qualified(std::string_view code, std::size_t start) {
  return start >= 2 && code.substr(start - 2, 2) == "::";
}

// The compiler stops at a point in a file; so what is to be completed becomes one, in memory.
Words completed(Compiler& compiler, std::string_view code, std::size_t cursor,
                const std::string& prefix) {
  clang::CompilerInstance& instance = *compiler.getCompilerInstance();
  clang::Preprocessor& preprocessor = instance.getPreprocessor();
  std::string text(code.substr(0, cursor));
  unsigned line = 1 + static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
  std::size_t line_start = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  auto column = static_cast<unsigned>(cursor - prefix.size() - line_start + 1);
  text.resize(cursor - prefix.size());
  text += "\n";
  clang::FileEntryRef file = instance.getFileManager().getVirtualFileRef(
      completion_file, static_cast<off_t>(text.size()), 0);
  instance.getSourceManager().overrideFileContents(
      file, llvm::MemoryBuffer::getMemBufferCopy(text, completion_file));
  Collector collector(prefix, !is_qualified(code, cursor - prefix.size()));
  instance.getSema().CodeCompletion().CodeCompleter = &collector;
  preprocessor.SetCodeCompletionPoint(file, line, column);
  compiler.parse(std::string("#include \"") + completion_file + "\"\n");
  return collector.words();
}

}  // namespace

Completion complete(Compiler& compiler, Guard& guard, std::string_view code, std::size_t cursor) {
  cursor = std::min(cursor, code.size());
  std::size_t start = cursor;
  while (start > 0 && is_word(code[start - 1])) {
    --start;
  }
  std::string prefix(code.substr(start, cursor - start));
  auto words = in_a_child(guard, seconds_for_questions,
                          [&] { return completed(compiler, code, cursor, prefix); });
  Completion completion{start, {}};
  for (std::size_t i = 0; words && i + 1 < words->size(); i += 2) {
    completion.items.emplace_back((*words)[i], (*words)[i + 1]);
  }
  return completion;
}

}  // namespace quern
