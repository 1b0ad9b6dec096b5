// SPDX-License-Identifier: Apache-2.0
#include "configured_languages.hpp"

#include "rights.hpp"

#include <stdexcept>

namespace quern {

Languages configured_languages(const Config& config, const Environment& base, spdlog::logger& log) {
  const Rights rights(config.user);  // what he cannot read or execute is not there
  Result<Languages> languages = Languages::read(config.langs, base.at("PATH"));
  if (!languages) throw std::runtime_error(languages.error().message);
  for (const LeftOut& left : languages->left_out())
    log.info("language {} is left out: {}", left.name, left.reason);
  for (const auto& [name, count] : config.warm) {
    if (!languages->find(name))
      throw std::runtime_error("--warm: " + languages->unknown(name).message);
  }
  return std::move(*languages);
}

}  // namespace quern
