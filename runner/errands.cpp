// SPDX-License-Identifier: Apache-2.0
#include "errands.hpp"

#include "configured_languages.hpp"
#include "health.hpp"
#include "inherited_environment.hpp"
#include "log.hpp"

#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace quern {

int check_config(const Config& config) {
  try {
    configured_languages(config, inherited_environment(environ), *make_log("off", "text"));
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "quernd: %s\n", error.what());
    return 2;
  }
  for (const std::string& origin : config.origins) std::printf("%s\n", origin.c_str());
  std::printf("ok\n");
  return 0;
}

int report_health(const Config& config) {
  constexpr std::chrono::seconds bound{10};
  const Health health = ask_health(config.endpoints, config.keys, bound);
  std::fprintf(health.good ? stdout : stderr, "%s\n", health.sentence.c_str());
  return health.good ? 0 : 1;
}

}  // namespace quern
