// SPDX-License-Identifier: Apache-2.0
//
// What nearly every test reads, precompiled once. Only a matter of speed: each file still includes
// what it uses. Never included by name.
#pragma once

#include <boost/optional.hpp>
#include <boost/type_traits.hpp>
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>
