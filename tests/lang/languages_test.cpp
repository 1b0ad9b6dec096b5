// SPDX-License-Identifier: Apache-2.0
#include "languages.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

using namespace quern;
namespace fs = std::filesystem;

namespace {

// A folder of languages and one of programs, gone with the test.
class Folders {
 public:
  Folders() {
    std::string name = (fs::temp_directory_path() / "quern-lang-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root_ = name;
    fs::create_directories(langs());
    fs::create_directories(root_ / "bin");
  }
  ~Folders() { fs::remove_all(root_); }
  Folders(const Folders&) = delete;
  Folders& operator=(const Folders&) = delete;

  fs::path langs() const { return root_ / "langs"; }
  std::string path() const { return "/nowhere::" + (root_ / "bin").string(); }

  void language(const std::string& folder, const std::string& toml) {
    fs::create_directories(langs() / folder);
    std::ofstream(langs() / folder / "adapter.toml") << toml;
  }
  void program(const std::string& name, fs::perms mode = fs::perms::owner_all) {
    std::ofstream(root_ / "bin" / name) << "#!/bin/sh\n";
    fs::permissions(root_ / "bin" / name, mode);
  }
  Result<Languages> read() const { return Languages::read(langs(), path()); }

 private:
  fs::path root_;
};

std::string needing(const std::string& name, const std::string& program,
                    const std::string& more = "") {
  return "name = '" + name + "'\n" + more + "\n[needs]\nprograms = ['" + program +
         "']\npackages.debian = ['the-" + program + "']\n[tty]\ncommand = ['" + program + "']\n";
}

}  // namespace

TEST_CASE("languages are found by name and alias, sorted by name") {
  Folders folders;
  folders.program("zz");
  folders.language("zz", needing("zz", "zz", "aliases = ['zed', 'last']"));
  folders.language("aa", needing("aa", "zz"));
  fs::create_directories(folders.langs() / "no-language");
  const Result<Languages> languages = folders.read();
  REQUIRE(languages.has_value());
  REQUIRE(languages->all().size() == 2);
  CHECK(languages->all()[0].name == "aa");
  CHECK(languages->find("zed") == &languages->all()[1]);
  CHECK(languages->find("zed")->dir == folders.langs() / "zz");
  CHECK(languages->find("ZZ") == nullptr);
}

TEST_CASE("a language whose program is missing is left out with its reason") {
  Folders folders;
  folders.program("hugs", fs::perms::owner_read);
  folders.language("haskell", needing("haskell", "hugs", "aliases = ['hs']"));
  const Result<Languages> languages = folders.read();
  REQUIRE(languages.has_value());
  CHECK(languages->all().empty());
  REQUIRE(languages->left_out().size() == 1);
  CHECK(languages->left_out()[0].reason == "`hugs` is not on PATH (Debian: apt install the-hugs)");
  CHECK(languages->unknown("hs") == Error{ErrorCode::unknown_language,
                                          "The language haskell cannot be used here: `hugs` is not "
                                          "on PATH (Debian: apt install the-hugs)."});
}

TEST_CASE("an unknown language names the nearest, or all there are") {
  Folders folders;
  folders.program("zz");
  folders.language("python", needing("python", "zz"));
  folders.language("bash", needing("bash", "zz"));
  const Result<Languages> languages = folders.read();
  REQUIRE(languages.has_value());
  CHECK(languages->unknown("pyton").message ==
        "There is no language \"pyton\" here; did you mean \"python\"?");
  CHECK(languages->unknown("cobol").message ==
        "There is no language \"cobol\" here; there are: bash, python.");
}

TEST_CASE("two languages that claim one name are an error") {
  Folders folders;
  folders.program("zz");
  folders.language("a", needing("a", "zz"));
  folders.language("b", needing("b", "zz", "aliases = ['a']"));
  const Result<Languages> languages = folders.read();
  REQUIRE(!languages);
  CHECK(languages.error().message.ends_with("b/adapter.toml: the name `a` is taken by a already."));
}

TEST_CASE("a broken manifest, a wrong folder and a missing folder are errors") {
  Folders folders;
  folders.language("a", "name = ");
  CHECK(!folders.read());
  folders.language("a", needing("b", "zz"));
  CHECK(folders.read().error().message.ends_with(
      "`name` is \"b\" but the folder is \"a\"; they must agree."));
  CHECK(Languages::read(folders.langs() / "none", "").error().code == ErrorCode::io);
}

TEST_CASE("the manifests that come with Quern are read without a fault") {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(QUERN_LANGS_DIR)) {
    const fs::path file = entry.path() / "adapter.toml";
    if (!fs::exists(file)) continue;
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const Result<Manifest> manifest = parse_manifest(text, entry.path());
    INFO((manifest ? "" : manifest.error().message));
    CHECK(manifest.has_value());
    CHECK((!manifest || manifest->name == entry.path().filename()));
    ++count;
  }
  CHECK(count >= 2);
}
