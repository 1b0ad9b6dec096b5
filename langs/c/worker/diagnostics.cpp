// SPDX-License-Identifier: Apache-2.0
#include "diagnostics.hpp"

#include <clang/AST/Decl.h>
#include <clang/Basic/DiagnosticIDs.h>
#include <clang/Basic/DiagnosticSema.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Frontend/TextDiagnostic.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>

namespace quern {
namespace {

constexpr std::size_t longest_text = 64 * 1024;  // a template's errors may fill megabytes

std::vector<clang::DeclarationName> names_in(const clang::Diagnostic& info) {
  std::vector<clang::DeclarationName> names;
  for (unsigned i = 0; i < info.getNumArgs(); ++i) {
    switch (info.getArgKind(i)) {
      case clang::DiagnosticsEngine::ak_declarationname:
        names.push_back(clang::DeclarationName::getFromOpaqueInteger(info.getRawArg(i)));
        break;
      case clang::DiagnosticsEngine::ak_nameddecl:
        if (auto* decl = reinterpret_cast<const clang::NamedDecl*>(info.getRawArg(i))) {
          names.push_back(decl->getDeclName());
        }
        break;
      case clang::DiagnosticsEngine::ak_identifierinfo:
        names.emplace_back(info.getArgIdentifier(i));
        break;
      default: break;
    }
  }
  return names;
}

bool tells_of_a_previous_declaration(unsigned id) {
  return id == clang::diag::note_previous_definition ||
         id == clang::diag::note_previous_declaration ||
         id == clang::diag::note_previous_implicit_declaration ||
         id == clang::diag::note_previous_use;
}

}  // namespace

void Diagnostics::begin(std::string_view code, unsigned prefix) {
  prefix_ = prefix;
  std::string_view last = code.substr(0, code.find_last_not_of(" \t\r\n") + 1);
  end_.line = 1 + static_cast<unsigned>(std::count(last.begin(), last.end(), '\n'));
  end_.column = static_cast<unsigned>(last.size() - (last.rfind('\n') + 1)) + 1;

  failed_ = false;
  complaint_ = {};
  names_.clear();
  previous_.clear();
  not_constant_.clear();
  clear();
}

Complaint Diagnostics::missing(std::string_view code, const std::string& what) {
  begin(code, 0);
  Complaint complaint = end_;
  complaint.message = what;
  complaint.at_end = true;
  complaint.text = "snippet:" + std::to_string(end_.line) + ":" + std::to_string(end_.column) +
                   ": error: " + what + "\n";
  return complaint;
}

void Diagnostics::complain(const std::string& message) {
  if (!failed_) {
    failed_ = true;
    complaint_.message = message;
  }
  complaint_.text += "error: " + message + '\n';
}

void Diagnostics::place_of(const clang::Diagnostic& info) {
  if (!info.hasSourceManager() || info.getLocation().isInvalid()) {
    return;
  }
  const clang::SourceManager& sources = info.getSourceManager();
  clang::SourceLocation at = sources.getExpansionLoc(info.getLocation());
  // What is missing behind the snippet is said to be missing in what "includes" it.
  if (sources.getFileID(at) == sources.getMainFileID()) {
    complaint_.line = end_.line;
    complaint_.column = end_.column;
    complaint_.at_end = true;
    return;
  }
  // In a header: the line of the snippet that includes it.
  while (sources.getFileEntryForID(sources.getFileID(at))) {
    clang::SourceLocation from = sources.getIncludeLoc(sources.getFileID(at));
    if (from.isInvalid() || sources.getFileID(from) == sources.getMainFileID()) {
      break;
    }
    at = from;
  }
  clang::PresumedLoc presumed = sources.getPresumedLoc(at);
  unsigned offset = sources.getFileOffset(at);
  if (presumed.isValid() && offset >= prefix_) {
    complaint_.line = presumed.getLine();
    complaint_.column = presumed.getColumn();
    complaint_.at_end = complaint_.line > end_.line ||
                        (complaint_.line == end_.line && complaint_.column >= end_.column);
  }
}

void Diagnostics::render(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info,
                         const std::string& message) {
  if (complaint_.text.size() > longest_text) {
    return;
  }
  llvm::raw_string_ostream stream(complaint_.text);
  clang::LangOptions options;
  options.CPlusPlus = true;
  clang::IntrusiveRefCntPtr<clang::DiagnosticOptions> style(new clang::DiagnosticOptions());
  style->ShowNoteIncludeStack = false;
  style->SnippetLineLimit = 1;
  style->ShowPresumedLoc = true;
  bool has_place = info.hasSourceManager() && info.getLocation().isValid();
  if (has_place && info.getSourceManager().getFileID(info.getLocation()) ==
                       info.getSourceManager().getMainFileID()) {
    stream << "snippet:" << end_.line << ':' << end_.column << ": ";
    has_place = false;
  }
  if (!has_place) {
    stream << (level == clang::DiagnosticsEngine::Note ? "note: " : "error: ") << message << '\n';
    return;
  }
  clang::TextDiagnostic text(stream, options, &*style);
  text.emitDiagnostic(clang::FullSourceLoc(info.getLocation(), info.getSourceManager()), level,
                      message, info.getRanges(), info.getFixItHints());
}

void Diagnostics::HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                                   const clang::Diagnostic& info) {
  DiagnosticConsumer::HandleDiagnostic(level, info);
  bool note = level == clang::DiagnosticsEngine::Note;
  if (level < clang::DiagnosticsEngine::Error && !(note && failed_)) {
    return;
  }
  llvm::SmallString<256> formatted;
  info.FormatDiagnostic(formatted);
  std::string message(formatted.str());
  if (note) {
    if (tells_of_a_previous_declaration(info.getID())) {
      previous_.push_back({info.getLocation(), names_});
    }
  } else {
    names_ = names_in(info);
    if (info.getID() == clang::diag::err_init_element_not_constant) {
      const clang::SourceManager& sources = info.getSourceManager();
      not_constant_.push_back(sources.getFileOffset(sources.getExpansionLoc(info.getLocation())) -
                              prefix_);
    }
    if (!failed_) {
      failed_ = true;
      complaint_.message = message;
      place_of(info);
    }
  }
  render(level, info, message);
}

}  // namespace quern
