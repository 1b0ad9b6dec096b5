// SPDX-License-Identifier: Apache-2.0
#include "adapter.hpp"

#include "glob.hpp"

#include <algorithm>
#include <string_view>

namespace quern {
namespace {

struct Surroundings {
  const Manifest& manifest;
  const Listing& listing;
  const std::string& main_file;
  const Argv& arguments;
};

void replace_all(std::string& text, std::string_view placeholder, std::string_view value) {
  for (std::size_t at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + value.size()))
    text.replace(at, placeholder.size(), value);
}

std::string filled(std::string word, const Surroundings& around) {
  replace_all(word, "{dir}", around.manifest.dir.native());
  replace_all(word, "{main}", around.main_file);
  return word;
}

// `{argv}` and `{glob:…}` stand for any number of words, so each is a word of its own.
Argv expanded(const Argv& argv, const Surroundings& around, bool takes_arguments) {
  constexpr std::string_view glob_open = "{glob:";
  Argv out;
  bool placed = false;
  for (const std::string& word : argv) {
    if (word == "{argv}") {
      placed = true;
      if (takes_arguments) out.insert(out.end(), around.arguments.begin(), around.arguments.end());
    } else if (word.starts_with(glob_open) && word.ends_with('}')) {
      const std::string pattern(word, glob_open.size(), word.size() - glob_open.size() - 1);
      for (std::string& path : glob(filled(pattern, around), around.listing)) {
        // A file named `-o` must not become an option.
        out.push_back(path.front() == '-' ? "./" + path : std::move(path));
      }
    } else {
      out.push_back(filled(word, around));
    }
  }
  if (takes_arguments && !placed)
    out.insert(out.end(), around.arguments.begin(), around.arguments.end());
  return out;
}

// A pattern with {main} means that very file: its name may hold a star.
bool exists(const std::string& pattern, const Surroundings& around) {
  if (pattern == "{main}")
    return std::find(around.listing.begin(), around.listing.end(), around.main_file) !=
           around.listing.end();
  const std::string filled_in = filled(pattern, around);
  return std::any_of(around.listing.begin(), around.listing.end(),
                     [&](const std::string& path) { return glob_matches(filled_in, path); });
}

bool applies(const BatchRule& rule, const Surroundings& around) {
  const auto there = [&](const std::string& pattern) { return exists(pattern, around); };
  return std::all_of(rule.when.begin(), rule.when.end(), there) &&
         std::none_of(rule.unless.begin(), rule.unless.end(), there);
}

const std::vector<BatchRule>& rules_of(const Manifest& manifest, StepKind kind) {
  switch (kind) {
    case StepKind::build: return manifest.build;
    case StepKind::exec: return manifest.exec;
    case StepKind::clean: return manifest.clean;
  }
  return manifest.exec;
}

std::string_view name_of(StepKind kind) {
  switch (kind) {
    case StepKind::build: return "build";
    case StepKind::exec: return "exec";
    case StepKind::clean: return "clean";
  }
  return "exec";
}

Error nothing_applies(const Surroundings& around) {
  if (!around.manifest.has_batch())
    return {ErrorCode::unsupported,
            around.manifest.title + " has no batch mode; name the command to run in `exec`."};
  std::string message =
      "Nothing here tells how to run this as " + around.manifest.title + "; looked for ";
  for (const BatchRule& rule : around.manifest.exec) {
    if (&rule != &around.manifest.exec.front()) message += ", or ";
    for (const std::string& pattern : rule.when)
      message.append(&pattern == &rule.when.front() ? "`" : " with `")
          .append(filled(pattern, around))
          .append("`");
    for (const std::string& pattern : rule.unless)
      message.append(&pattern == &rule.unless.front() ? " but no `" : " or `")
          .append(filled(pattern, around))
          .append("`");
  }
  return {ErrorCode::bad_request,
          message + ". Send the code or files, or name the command to run in `exec`."};
}

Result<StepCommand> by_rules(const Manifest* manifest, StepKind kind, const Listing& listing,
                             const std::string& main_file, const Argv& arguments) {
  if (!manifest)
    return Error{
        ErrorCode::bad_request,
        "`" + std::string(name_of(kind)) +
            "` is \"*\", which goes by a language's rules, but the request names no `lang`."};
  const Surroundings around{*manifest, listing, main_file.empty() ? manifest->main : main_file,
                            arguments};
  for (const BatchRule& rule : rules_of(*manifest, kind))
    if (applies(rule, around))
      return StepCommand{expanded(rule.run, around, kind == StepKind::exec),
                         expanded(rule.builder, around, false)};
  if (kind == StepKind::exec) return nothing_applies(around);
  return StepCommand{};
}

}  // namespace

Result<StepCommand> step_command(const Manifest* manifest, StepKind kind, const Step& step,
                                 const Listing& listing, const std::string& main_file,
                                 const Argv& arguments) {
  const bool takes_arguments = kind == StepKind::exec;
  if (std::holds_alternative<Skip>(step)) return StepCommand{};
  if (const auto* shell = std::get_if<std::string>(&step)) {
    Argv argv{"/bin/sh", "-c", *shell};
    if (takes_arguments && !arguments.empty()) {
      argv.push_back("sh");  // $0, so that the arguments are $1 and on
      argv.insert(argv.end(), arguments.begin(), arguments.end());
    }
    return StepCommand{std::move(argv), {}};
  }
  if (const auto* given = std::get_if<Argv>(&step)) {
    if (given->empty())
      return Error{ErrorCode::bad_request,
                   "`" + std::string(name_of(kind)) + "` is an empty array; \"\" skips a step."};
    Argv argv = *given;
    if (takes_arguments) argv.insert(argv.end(), arguments.begin(), arguments.end());
    return StepCommand{std::move(argv), {}};
  }
  return by_rules(manifest, kind, listing, main_file, arguments);
}

Argv worker_argv(const Manifest& manifest) {
  return expanded(manifest.query.worker, {manifest, {}, manifest.main, {}}, false);
}

Argv version_argv(const Manifest& manifest) {
  return expanded(manifest.version, {manifest, {}, manifest.main, {}}, false);
}

Argv terminal_argv(const Manifest& manifest, const Argv& arguments) {
  return expanded(manifest.terminal, {manifest, {}, manifest.main, arguments}, true);
}

}  // namespace quern
