// SPDX-License-Identifier: Apache-2.0
// The one compiled part of Boost.Process v2: every other file sees its declarations only.
#include <boost/optional.hpp>
#include <boost/type_traits.hpp>

#include <boost/process/v2/src.hpp>
