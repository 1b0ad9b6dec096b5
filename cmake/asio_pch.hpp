// SPDX-License-Identifier: Apache-2.0
//
// What nearly every file above Asio reads, precompiled once. Only a matter of speed: each file
// still includes what it uses. Never included by name.
#pragma once

#include <boost/optional.hpp>
#include <boost/type_traits.hpp>
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/system/result.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
