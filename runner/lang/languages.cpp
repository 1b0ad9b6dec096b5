// SPDX-License-Identifier: Apache-2.0
#include "languages.hpp"

#include "nearest.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <map>

namespace quern {
namespace {

namespace fs = std::filesystem;

bool is_program(const fs::path& file) {
  std::error_code ignored;  // what cannot be looked at cannot be run
  return fs::is_regular_file(file, ignored) &&
         ::faccessat(AT_FDCWD, file.c_str(), X_OK, AT_EACCESS) == 0;
}

bool is_on_path(const std::string& program, std::string_view path) {
  if (program.find('/') != std::string::npos) return is_program(program);
  for (;;) {
    const std::size_t colon = path.find(':');
    const std::string_view folder = path.substr(0, colon);
    if (!folder.empty() && is_program(fs::path(folder) / program)) return true;
    if (colon == std::string_view::npos) return false;
    path.remove_prefix(colon + 1);
  }
}

// What of the programs is missing, and how one comes by it; empty: nothing.
std::string missing(const Manifest& manifest, std::string_view path) {
  std::string names;
  std::size_t count = 0;
  for (std::string program : manifest.programs) {
    if (const std::size_t at = program.find("{dir}"); at != std::string::npos)
      program.replace(at, 5, manifest.dir.native());
    if (is_on_path(program, path)) continue;
    names.append(count++ == 0 ? "`" : ", `").append(program).append("`");
  }
  if (count == 0) return {};
  std::string reason = names + (count == 1 ? " is" : " are") + " not on PATH";
  if (const auto debian = manifest.packages.find("debian");
      debian != manifest.packages.end() && !debian->second.empty()) {
    reason += " (Debian: apt install";
    for (const std::string& package : debian->second) reason += " " + package;
    reason += ")";
  }
  return reason;
}

Result<std::string> text_of_manifest(const fs::path& folder) {
  const fs::path file = folder / "adapter.toml";
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || in.bad()) return Error{ErrorCode::io, file.string() + " cannot be read."};
  return text;
}

Result<Manifest> read_manifest(const fs::path& folder) {
  const fs::path file = folder / "adapter.toml";
  const Result<std::string> text = text_of_manifest(folder);
  if (!text) return text.error();
  Result<Manifest> manifest = parse_manifest(*text, folder);
  if (manifest && manifest->name != folder.filename())
    return Error{ErrorCode::bad_request, file.string() + ": `name` is \"" + manifest->name +
                                             "\" but the folder is \"" +
                                             folder.filename().string() + "\"; they must agree."};
  return manifest;
}

Result<std::vector<fs::path>> folders_in(const fs::path& dir) {
  std::vector<fs::path> folders;
  std::error_code failed;
  for (fs::directory_iterator at(dir, failed), end; !failed && at != end; at.increment(failed)) {
    std::error_code ignored;  // no adapter.toml: no language
    if (fs::exists(at->path() / "adapter.toml", ignored)) folders.push_back(at->path());
  }
  if (failed)
    return Error{ErrorCode::io, "The folder of languages " + dir.string() +
                                    " cannot be read: " + failed.message() + "."};
  std::sort(folders.begin(), folders.end());
  return folders;
}

}  // namespace

Result<SyntaxReply> read_syntax(const Manifest& manifest) {
  const Result<std::string> text = text_of_manifest(manifest.dir);
  if (!text) return text.error();
  return parse_syntax(*text, manifest.dir);
}

Result<Languages> Languages::read(const fs::path& dir, std::string_view path) {
  std::error_code failed;
  const fs::path whole =
      fs::absolute(dir, failed).lexically_normal();  // workers are started elsewhere
  if (failed)
    return Error{ErrorCode::io, "The folder of languages " + dir.string() +
                                    " cannot be found: " + failed.message() + "."};
  Result<std::vector<fs::path>> folders = folders_in(whole);
  if (!folders) return folders.error();
  Languages languages;
  std::map<std::string, std::string> claimed;  // name or alias -> the language that has it
  for (const fs::path& folder : *folders) {
    Result<Manifest> manifest = read_manifest(folder);
    if (!manifest) return manifest.error();
    std::vector<std::string> names = manifest->aliases;
    names.push_back(manifest->name);
    for (const std::string& name : names) {
      const auto [there, fresh] = claimed.emplace(name, manifest->name);
      if (!fresh)
        return Error{ErrorCode::bad_request, (folder / "adapter.toml").string() + ": the name `" +
                                                 name + "` is taken by " + there->second +
                                                 " already."};
    }
    if (std::string reason = missing(*manifest, path); !reason.empty())
      languages.left_out_.push_back({manifest->name, std::move(reason), manifest->aliases});
    else
      languages.manifests_.push_back(*std::move(manifest));
  }
  return languages;
}

const Manifest* Languages::find(std::string_view wanted) const {
  for (const Manifest& manifest : manifests_) {
    const auto& aliases = manifest.aliases;
    if (manifest.name == wanted ||
        std::find(aliases.begin(), aliases.end(), wanted) != aliases.end())
      return &manifest;
  }
  return nullptr;
}

Error Languages::unknown(std::string_view wanted) const {
  for (const LeftOut& left_out : left_out_) {
    const auto& aliases = left_out.aliases;
    if (left_out.name == wanted ||
        std::find(aliases.begin(), aliases.end(), wanted) != aliases.end())
      return {ErrorCode::unknown_language,
              "The language " + left_out.name + " cannot be used here: " + left_out.reason + "."};
  }
  std::vector<std::string_view> words;
  std::string names;
  for (const Manifest& manifest : manifests_) {
    words.push_back(manifest.name);
    words.insert(words.end(), manifest.aliases.begin(), manifest.aliases.end());
    names += (names.empty() ? "" : ", ") + manifest.name;
  }
  std::string message = "There is no language \"" + std::string(wanted.substr(0, 64)) + "\" here";
  if (const std::string_view meant = nearest(wanted, words); !meant.empty())
    message.append("; did you mean \"").append(meant).append("\"?");
  else
    message += names.empty() ? ", nor any other." : "; there are: " + names + ".";
  return {ErrorCode::unknown_language, message};
}

}  // namespace quern
