# SPDX-License-Identifier: Apache-2.0
#
# How Quern's own code is compiled and linked. quern_flags carries the warnings; what must be the same in every object
# (sanitizers, sections, static linking) is set for the whole tree.

add_library(quern_flags INTERFACE)
# A class whose destructor does something is copied nowhere without saying how.
# A designated initializer names what differs; that the other members keep their defaults is its point.
target_compile_options(quern_flags INTERFACE
  -Wall -Wextra -Wconversion -Wdeprecated-copy-with-user-provided-dtor -Wno-missing-designated-field-initializers -Werror)

# A precompiled header is found changed by its content, not by its date, so that ccache may keep objects built with it.
add_compile_options("$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")

if(QUERN_SANITIZE)
  # A fault ends the program: a report that only scrolls by fails no test.
  add_compile_options(-fsanitize=${QUERN_SANITIZE} -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${QUERN_SANITIZE})
endif()

if(QUERN_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# What a run passes through lies together, and what it seldom needs elsewhere: a short run is mostly waiting for code that
# has left the processor's caches. A profile of older sources still serves, for functions that have not changed.
if(QUERN_PROFILE STREQUAL "use")
  add_compile_options("-fprofile-use=${PROJECT_SOURCE_DIR}/cmake/quernd.profdata"
    -Wno-profile-instr-unprofiled -Wno-profile-instr-out-of-date -Wno-backend-plugin)
elseif(QUERN_PROFILE)
  add_compile_options("-fprofile-generate=${QUERN_PROFILE}")
  add_link_options("-fprofile-generate=${QUERN_PROFILE}")
endif()

add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-fuse-ld=lld-19)

if(QUERN_STATIC)
  # static-pie keeps address space randomisation. clang-19 on Debian compiles position-independent code by default.
  add_link_options(-static-pie -Wl,--gc-sections,--icf=safe -s)
endif()

find_program(QUERN_CCACHE ccache)
mark_as_advanced(QUERN_CCACHE)
if(QUERN_CCACHE)
  set(launcher "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros)
  if(NOT DEFINED ENV{CCACHE_DIR})
    # In the tree: nothing is written to the home of whoever builds, who may have none.
    list(APPEND launcher "CCACHE_DIR=${PROJECT_SOURCE_DIR}/build/ccache")
  endif()
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher} "${QUERN_CCACHE}")
endif()
