// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include "command_line.hpp"
#include "config_file.hpp"
#include "config_variables.hpp"
#include "endpoint.hpp"
#include "image_defaults.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>

namespace quern {

namespace fs = std::filesystem;

namespace {

// Puts the sources over one another and keeps every mistake that any of them makes.
class Layers {
 public:
  void lay(const ConfigSource& source) {
    for (const std::string& mistake : source.mistakes) add_mistake(mistake);
    for (const auto& [option, words] : source.given) lay(*option, words);
  }

  void add_mistake(const std::string& sentence) {
    const bool ended = sentence.ends_with('?') || sentence.ends_with('.');
    mistakes_ += "quernd: " + sentence + (ended ? "\n" : ".\n");
  }
  const std::string& mistakes() const { return mistakes_; }
  bool named(const std::string& key) const { return origins_.contains(key); }

  Config finish() {
    for (const auto& [label, origin] : origins_) config_.origins.push_back(label + " = " + origin);
    return std::move(config_);
  }

  Config& config() { return config_; }

 private:
  void lay(const Option& option, const std::vector<Word>& words) {
    if (option.clear) option.clear(config_);
    std::string all;
    for (const Word& word : words) {
      const std::string problem = option.set(config_, word.text);
      if (!problem.empty()) add_mistake(word.place + ": " + problem);
      const std::size_t equals = word.text.find('=');
      if (option.kind == Option::Kind::counts && equals != std::string::npos) {
        // Each of these overrides its own name only.
        origins_[std::string(option.key) + "." + word.text.substr(0, equals)] =
            word.text.substr(equals + 1) + " (" + word.place + ")";
      } else {
        all += (all.empty() ? "" : ", ") + word.text;
      }
    }
    if (option.kind == Option::Kind::counts) return;
    origins_[std::string(option.key)] =
        (words.empty() ? "none" : all + " (" + words.front().place + ")");
  }

  Config config_;
  std::map<std::string, std::string> origins_;
  std::string mistakes_;
};

// Beside an installed daemon, or at the top of the sources it was built from.
std::string default_langs() {
  std::error_code unknown;
  const fs::path here = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  for (const char* way : {"../langs", "../../../langs"}) {
    const fs::path langs = (here / way).lexically_normal();
    if (fs::is_directory(langs, unknown)) return langs.string();
  }
  return "";
}

std::string settle_work_dir(Config& config) {
  std::error_code failed;
  if (config.work_dir.empty()) config.work_dir = fs::current_path(failed).string();
  if (config.task == Task::serve && fs::create_directories(config.work_dir, failed) && config.user)
    (void)::chown(config.work_dir.c_str(), config.user->uid, config.user->gid);
  const bool to_be_made = config.task == Task::check_config && !fs::exists(config.work_dir, failed);
  if (!to_be_made && !fs::is_directory(config.work_dir, failed)) {
    return "the work dir `" + config.work_dir +
           "` is no directory and cannot be made: name another with --work-dir";
  }
  const fs::path real = fs::weakly_canonical(config.work_dir, failed);
  if (!failed) config.work_dir = real.string();
  return "";
}

// Empty when no keys are named, or they serve.
std::string keys_problem(const Config& config) {
  const KeyFiles& keys = config.keys;
  if (keys.secret.empty() != keys.authorized.empty()) {
    return "--curve-secret-key and --authorized-keys go together: the one says who the daemon is, "
           "the other who may connect";
  }
  if (keys.secret.empty()) return "";
  const Result<KeyPair> pair = read_key_pair(keys.secret);
  if (!pair) return pair.error().message;
  const Result<std::vector<NamedKey>> authorized = read_authorized_keys(keys.authorized);
  return authorized ? "" : authorized.error().message;
}

// Empty when nobody comes in by the endpoint whom nobody chose.
std::string reach_problem(const Config& config, const std::string& endpoint) {
  if (config.keys.named() || config.insecure) return "";
  if (!is_local(endpoint)) {
    return "refusing to listen on `" + endpoint +
           "` in the clear: whoever reaches it may run programs here. Give keys with "
           "--curve-secret-key and --authorized-keys, use a loopback or ipc endpoint, or say "
           "--insecure if the network itself keeps others out";
  }
  if (config.user && !is_file(endpoint)) {
    return "refusing to listen on `" + endpoint +
           "` in the clear: the programs of --user could connect to it and reach the runs of "
           "others. Use --endpoint ipc:///PATH, give keys with --curve-secret-key and "
           "--authorized-keys, or say --insecure if they may";
  }
  return "";
}

// Fills in what hangs on the machine. Returns what is wrong with the whole, or nothing.
std::string complete(Config& config) {
  if (config.endpoints.empty()) return "there is no endpoint to listen on: name one";
  if (const std::string problem = keys_problem(config); !problem.empty()) return problem;
  for (const std::string& endpoint : config.endpoints) {
    if (const std::string problem = reach_problem(config, endpoint); !problem.empty())
      return problem;
  }
  if (config.task == Task::healthcheck) return "";  // all it wants is the daemon's endpoints
  std::error_code failed;
  if (config.langs.empty()) config.langs = default_langs();
  if (config.langs.empty()) return "there is no folder of languages: name it with --langs DIR";
  config.langs = fs::absolute(config.langs, failed).lexically_normal().string();
  if (config.state_dir.empty()) {
    const char* temporary = std::getenv("TMPDIR");
    // Nobody asked us to make what it names.
    const bool there = temporary && fs::is_directory(temporary, failed);
    config.state_dir = there ? temporary : "/tmp";
  }
  // One that cannot be made cannot be written either: then spills stay in memory.
  if (config.task == Task::serve) fs::create_directories(config.state_dir, failed);
  if (config.user && config.task == Task::serve) {
    if (const std::string lacking = what_other_users_need(); !lacking.empty())
      return "--user: " + lacking;
  }
  return settle_work_dir(config);
}

}  // namespace

std::variant<Config, Leave> read_config(int argc, char** argv, char** environment) {
  CommandLine line;
  if (std::optional<Leave> leave = line.parse(argc, argv)) return *leave;
  Layers layers;
  layers.config().task = line.task();
  std::string file = line.file();
  if (const char* variable = std::getenv(config_variable); file.empty() && variable)
    file = variable;
  if (!file.empty()) layers.lay(read_config_file(file));
  layers.lay(read_variables());
  layers.lay(line.source());
  if (stands_in_image()) add_image_defaults(layers.config(), layers.named("endpoints"));
  if (layers.mistakes().empty()) {
    const std::string problem = complete(layers.config());
    if (!problem.empty()) layers.add_mistake(problem);
  }
  if (!layers.mistakes().empty()) return Leave{2, layers.mistakes()};
  layers.config().warnings = doubtful_variables(environment);
  return layers.finish();
}

}  // namespace quern
