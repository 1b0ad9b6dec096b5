// SPDX-License-Identifier: Apache-2.0
//
// What nearly every file of the client reads, precompiled once. Only a matter of speed: each file
// still includes what it uses. Never included by name.
#pragma once

#include "native_codec.hpp"
#include "native_names.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
