// SPDX-License-Identifier: Apache-2.0
// quern embed: the daemon and some languages into the root of an image.
#include "adapter.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "image_root.hpp"
#include "installation.hpp"
#include "json_text.hpp"
#include "table.hpp"

#include <algorithm>
#include <filesystem>

namespace quern {
namespace {

namespace fs = std::filesystem;

// As it is called where it was put.
std::string in_image(const Adapter& adapter) {
  return "/" + std::string(ImageRoot::place) + "/langs/" + adapter.name;
}

std::string normal(const std::string& path) { return fs::path(path).lexically_normal().string(); }

// Its command to run there once, or nothing.
std::string refresh_line(const Adapter& adapter) {
  std::string line;
  for (std::string word : adapter.refresh) {
    for (std::size_t at; (at = word.find("{dir}")) != std::string::npos;)
      word.replace(at, 5, in_image(adapter));
    line += (line.empty() ? "" : " ") + (word.starts_with('/') ? normal(word) : word);
  }
  return line;
}

std::vector<std::string> packages_of(const std::vector<Adapter>& chosen) {
  std::vector<std::string> all;
  for (const Adapter& adapter : chosen)
    for (const std::string& package : adapter.packages)
      if (std::find(all.begin(), all.end(), package) == all.end()) all.push_back(package);
  return all;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::uint64_t size_of(const ImageRoot& image) {
  std::uint64_t size = 0;
  for (const ImageRoot::File& file : image.files()) size += file.size;
  return size;
}

Json as_json(const std::vector<Adapter>& chosen, const ImageRoot& image, const std::string& root) {
  Json languages = Json::array();
  for (const Adapter& adapter : chosen) {
    Json one = {{"name", adapter.name}, {"packages", {{"debian", adapter.packages}}}};
    if (!adapter.refresh.empty()) one["run"] = refresh_line(adapter);
    languages.push_back(std::move(one));
  }
  Json files = Json::array();
  for (const ImageRoot::File& file : image.files())
    files.push_back({{"path", "/" + file.path.string()}, {"size", file.size}});
  return {{"root", root},
          {"languages", std::move(languages)},
          {"packages", {{"debian", packages_of(chosen)}}},
          {"bytes", size_of(image)},
          {"changes", image.changes()},
          {"files", std::move(files)}};
}

std::string in_words(const std::vector<Adapter>& chosen, const ImageRoot& image,
                     const std::string& root) {
  std::vector<std::string> names;
  for (const Adapter& adapter : chosen) names.push_back(adapter.name);
  std::string text = root + "/" + ImageRoot::place + ": the daemon" +
                     (names.empty() ? "" : ", " + joined(names, ", ")) + "; " +
                     readable_size(size_of(image)) +
                     (image.changes() ? ".\n" : ", as it was before.\n");
  if (const auto packages = packages_of(chosen); !packages.empty())
    text += "The image must have, of Debian: " + joined(packages, " ") + "\n";
  for (const Adapter& adapter : chosen)
    if (!adapter.refresh.empty())
      text += adapter.title +
              " starts faster when this has been run in the image, once: " + refresh_line(adapter) +
              "\n";
  return text;
}

}  // namespace

int execute(const EmbedOptions& options, const Surface& surface) {
  const std::vector<Adapter> all = read_adapters(find_langs());
  std::vector<Adapter> chosen;
  for (const std::string& name : options.langs) chosen.push_back(find_adapter(all, name));
  std::sort(chosen.begin(), chosen.end(),
            [](const Adapter& a, const Adapter& b) { return a.name < b.name; });
  chosen.erase(std::unique(chosen.begin(), chosen.end(),
                           [](const Adapter& a, const Adapter& b) { return a.name == b.name; }),
               chosen.end());
  std::error_code failed;
  const fs::path root = fs::absolute(options.root, failed);
  if (failed) throw Failure("the folder " + options.root + " cannot be found from here.");
  ImageRoot image(root);
  image.put_daemon(find_quernd());
  image.put_languages(chosen);
  image.make_socket_folder();
  surface.writer.out(surface.common.json ? line_of(as_json(chosen, image, root.string()))
                                         : in_words(chosen, image, options.root));
  return 0;
}

}  // namespace quern
