// SPDX-License-Identifier: Apache-2.0
// What an endpoint's text says of it. Pure.
#pragma once

#include <string>

namespace quern {

// Empty when it is tcp://HOST:PORT or ipc://PATH, else what is wrong with it.
std::string endpoint_problem(const std::string& endpoint);

// Only this machine reaches it.
bool is_local(const std::string& endpoint);

// It is a socket file, which only its owner may use.
bool is_file(const std::string& endpoint);

}  // namespace quern
