// SPDX-License-Identifier: Apache-2.0
//
// The main of every program of unit tests. It shares no precompiled header: theirs holds Catch2
// without its main.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
