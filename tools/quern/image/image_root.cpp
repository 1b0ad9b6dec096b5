// SPDX-License-Identifier: Apache-2.0
#include "image_root.hpp"

#include "failure.hpp"
#include "local_file.hpp"

#include <elf.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

namespace quern {
namespace {

namespace fs = std::filesystem;

constexpr fs::perms for_programs{0755};
constexpr fs::perms for_data{0644};
constexpr fs::perms for_sockets{01777};  // whoever the daemon is: the image's user, or `--user`

[[noreturn]] void cannot(const std::string& what, const fs::path& path,
                         const std::error_code& why) {
  throw Failure(what + " " + path.string() + " failed: " + why.message() + ".");
}

bool is_left_by_running(const fs::path& path) {
  return path.filename() == "__pycache__" || path.extension() == ".pyc" ||
         path.extension() == ".log";
}

bool same_content(const fs::path& a, const fs::path& b) {
  std::error_code failed;
  if (fs::file_size(a, failed) != fs::file_size(b, failed) || failed) return false;
  std::ifstream one(a, std::ios::binary);
  std::ifstream other(b, std::ios::binary);
  return std::equal(std::istreambuf_iterator<char>(one), {}, std::istreambuf_iterator<char>(other));
}

void copy_content(const fs::path& from, const fs::path& to, fs::perms mode) {
  constexpr std::size_t piece = 1 << 20;
  LocalSource source(from.string());
  LocalTarget target(to.string(), static_cast<std::uint32_t>(mode));
  for (std::string bytes = source.read(piece); !bytes.empty(); bytes = source.read(piece))
    target.write(bytes);
  target.keep();
}

// Does its start need a loader, and so libraries that an image may not have?
bool needs_loader(const fs::path& program) {
  std::ifstream in(program, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  Elf64_Ehdr head{};
  if (bytes.size() < sizeof head || bytes.compare(0, SELFMAG, ELFMAG) != 0)
    throw Failure(program.string() + " is no program of this kind of machine.");
  bytes.copy(reinterpret_cast<char*>(&head), sizeof head);
  for (std::size_t i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr part{};
    const std::size_t at = head.e_phoff + i * head.e_phentsize;
    if (at > bytes.size() || bytes.size() - at < sizeof part) break;
    bytes.copy(reinterpret_cast<char*>(&part), sizeof part, at);
    if (part.p_type == PT_INTERP) return true;
  }
  return false;
}

[[noreturn]] void lacks(const Adapter& adapter, const fs::path& path) {
  throw Failure(adapter.title + " cannot be embedded, for " + path.string() +
                " is not there: install what its worker is built from with tools/deps --lang " +
                adapter.name + ", then build it with tools/build.");
}

}  // namespace

ImageRoot::ImageRoot(fs::path root) : root_(std::move(root)) {}

void ImageRoot::put_daemon(const fs::path& quernd) {
  if (needs_loader(quernd))
    throw Failure(quernd.string() +
                  " needs shared libraries, which an image may not have: build the one that needs "
                  "none with tools/build, or name it with QUERND_BIN.");
  put(quernd, fs::path(place) / "bin/quernd", true);
}

// Each of its files, and those of the folders that it names.
void ImageRoot::add_needed(const Adapter& adapter, Sources& needed) {
  const fs::path langs = adapter.dir.parent_path();
  const auto add = [&](const fs::path& file) {
    needed[file.lexically_normal().lexically_relative(langs.lexically_normal())] = file;
  };
  add(adapter.dir / "adapter.toml");
  std::error_code failed;
  for (const std::string& word : adapter.files) {
    const fs::path path = (adapter.dir / word).lexically_normal();
    if (path.lexically_relative(langs.lexically_normal()).native().starts_with(".."))
      throw Failure((adapter.dir / "adapter.toml").string() + ": `needs.files` names " + word +
                    ", which is not in the folder of languages.");
    if (fs::is_regular_file(path, failed)) add(path);
    if (fs::is_regular_file(path, failed)) continue;
    if (!fs::is_directory(path, failed)) lacks(adapter, path);
    for (fs::recursive_directory_iterator at(path, failed), end; !failed && at != end;
         at.increment(failed)) {
      if (is_left_by_running(at->path()))
        at.disable_recursion_pending();
      else if (at->is_regular_file())
        add(at->path());
    }
    if (failed) cannot("reading", path, failed);
  }
  for (const std::string& program : adapter.programs) {
    if (!program.starts_with("{dir}/")) continue;
    const fs::path path = (adapter.dir / program.substr(6)).lexically_normal();
    if (!fs::is_regular_file(path, failed)) lacks(adapter, path);
  }
}

void ImageRoot::put_languages(const std::vector<Adapter>& chosen) {
  const fs::path langs = fs::path(place) / "langs";
  Sources needed;
  for (const Adapter& adapter : chosen) add_needed(adapter, needed);
  std::set<fs::path> wanted;
  for (const auto& [below, from] : needed) wanted.insert(langs / below);
  // What languages that were embedded before need of these folders stays theirs.
  std::error_code failed;
  if (fs::is_directory(root_ / langs, failed)) {
    for (const Adapter& before : read_adapters(root_ / langs)) {
      Sources theirs;
      const bool again = std::any_of(chosen.begin(), chosen.end(), [&](const Adapter& adapter) {
        return adapter.name == before.name;
      });
      if (!again) add_needed(before, theirs);
      for (const auto& [below, from] : theirs) wanted.insert(langs / below);
    }
  }
  make_folder(langs);
  for (const Adapter& adapter : chosen) clear_folder(langs / adapter.name, wanted);
  for (const auto& [below, from] : needed) {
    const fs::perms mode = fs::status(from, failed).permissions();
    put(from, langs / below, (mode & fs::perms::owner_exec) != fs::perms::none);
  }
}

void ImageRoot::make_socket_folder() {
  make_folder(socket_folder);
  std::error_code failed;
  fs::permissions(root_ / socket_folder, for_sockets, failed);
  if (failed) cannot("setting the mode of", root_ / socket_folder, failed);
}

void ImageRoot::put(const fs::path& from, const fs::path& below, bool executable) {
  const fs::path to = root_ / below;
  const fs::perms mode = executable ? for_programs : for_data;
  make_folder(below.parent_path());
  std::error_code failed;
  const fs::file_status there = fs::symlink_status(to, failed);
  if (!fs::is_regular_file(there) || there.permissions() != mode || !same_content(from, to)) {
    if (fs::is_directory(there)) fs::remove_all(to, failed);
    copy_content(from, to, mode);
    fs::permissions(to, mode, failed);
    // What checks whether its parts are the old ones (a class-data archive) goes by their time.
    if (!failed) fs::last_write_time(to, fs::last_write_time(from, failed), failed);
    if (failed) cannot("writing", to, failed);
    ++changes_;
  }
  files_.push_back({below, fs::file_size(to, failed)});
}

void ImageRoot::make_folder(const fs::path& below) {
  fs::path made = root_;
  std::error_code failed;
  if (!fs::is_directory(made, failed) && fs::create_directories(made, failed))
    fs::permissions(made, for_programs, failed);
  for (const fs::path& part : below) {
    if (failed) break;
    made /= part;
    if (!fs::create_directory(made, failed)) continue;
    fs::permissions(made, for_programs, failed);
    ++changes_;
  }
  if (failed) cannot("making the folder", made, failed);
}

void ImageRoot::clear_folder(const fs::path& below, const std::set<fs::path>& wanted) {
  std::error_code failed;
  const fs::path folder = root_ / below;
  if (!fs::is_directory(folder, failed)) return;
  std::vector<fs::path> unwanted;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, failed))
    if (!entry.is_directory() && !wanted.contains(entry.path().lexically_relative(root_)))
      unwanted.push_back(entry.path());
  for (const fs::path& path : unwanted) {
    if (!fs::remove(path, failed)) cannot("removing", path, failed);
    ++changes_;
  }
  // Folders that are empty now, from the inside out.
  std::vector<fs::path> folders;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, failed))
    if (entry.is_directory()) folders.push_back(entry.path());
  for (auto path = folders.rbegin(); path != folders.rend(); ++path)
    if (fs::is_empty(*path, failed)) fs::remove(*path, failed);
}

}  // namespace quern
