// SPDX-License-Identifier: Apache-2.0
#include "local_words.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

namespace quern {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> with_files{":edit", ":get", ":load", ":put", ":save"};

std::vector<Choice> beginning_with(std::string_view word, const std::vector<Choice>& all) {
  std::vector<Choice> found;
  for (const Choice& choice : all)
    if (choice.text.starts_with(word)) found.push_back(choice);
  return found;
}

fs::path folder_of(const std::string& typed) {
  if (typed.empty()) return ".";
  const char* home = std::getenv("HOME");
  if (typed.starts_with("~/") && home) return fs::path(home) / typed.substr(2);
  return typed;
}

// A folder that cannot be read has nothing to offer.
std::vector<Choice> files_beginning_with(std::string_view word) {
  const std::size_t slash = word.rfind('/');
  const std::string folder(word.substr(0, slash == std::string_view::npos ? 0 : slash + 1));
  const std::string_view name = word.substr(folder.size());
  std::vector<Choice> found;
  std::error_code failed;
  for (fs::directory_iterator at(folder_of(folder), failed), end; !failed && at != end;
       at.increment(failed)) {
    const std::string entry = at->path().filename().string();
    if (!entry.starts_with(name) || (entry.front() == '.' && name.empty())) continue;
    std::error_code ignored;  // what it is only decides how it is shown
    const bool is_folder = at->is_directory(ignored);
    found.push_back({folder + entry + (is_folder ? "/" : ""), is_folder ? "folder" : "file"});
  }
  std::sort(found.begin(), found.end(),
            [](const Choice& a, const Choice& b) { return a.text < b.text; });
  return found;
}

}  // namespace

Local complete_locally(const LocalWords& words, std::string_view before) {
  const std::size_t space = before.find(' ');
  if (space == std::string_view::npos)
    return {Completion{0, before.size(), beginning_with(before, words.commands)}, 0};
  const std::string_view command = before.substr(0, space);
  const std::size_t begin = before.rfind(' ') + 1;
  const std::string_view word = before.substr(begin);
  Completion completion{begin, before.size(), {}};
  if (command == ":lang")
    completion.choices = beginning_with(word, words.languages);
  else if (command == ":keys")
    completion.choices = beginning_with(word, {{"emacs", ""}, {"vi", ""}});
  else if (std::find(with_files.begin(), with_files.end(), command) != with_files.end())
    completion.choices = files_beginning_with(word);
  else if (command == ":doc")
    return {std::nullopt, begin};
  return {std::move(completion), begin};
}

}  // namespace quern
