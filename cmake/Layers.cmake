# SPDX-License-Identifier: Apache-2.0
#
# quern_layer(NAME [ASIO] SOURCES file... [LINK target...])
#   A layer's library. It shows its own folder and, through LINK, those below it. ASIO: the layer is written on Asio,
#   whose headers cost more to read than everything else together; they are precompiled once and shared.
# quern_test(NAME SOURCES file... [LINK target...])
#   A Catch2 program of tests, run by ctest; the target quern_unit_tests builds them all. Its main is
#   tests/support/catch_main.cpp.
#
# One with no sources yet is left out.

add_custom_target(quern_unit_tests)

# The code of tests costs far more to compile than to run.
add_library(quern_unoptimised INTERFACE)
target_compile_options(quern_unoptimised INTERFACE "$<$<CONFIG:Debug>:-O0>")

function(quern_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "ASIO" "" "SOURCES;LINK")
  if(NOT layer_SOURCES)
    message(STATUS "${name} has no sources yet")
    return()
  endif()
  add_library(${name} STATIC ${layer_SOURCES})
  target_include_directories(${name} PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(${name} PUBLIC ${layer_LINK} PRIVATE quern_flags)
  if(layer_ASIO)
    target_link_libraries(${name} PUBLIC quern_asio)
    target_precompile_headers(${name} REUSE_FROM quern_asio_pch)
  endif()
endfunction()

function(quern_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "" "SOURCES;LINK")
  if(NOT test_SOURCES)
    message(STATUS "${name} has no sources yet")
    return()
  endif()
  add_executable(${name} ${test_SOURCES})
  target_link_libraries(${name} PRIVATE ${test_LINK} quern_test_main quern_flags quern_unoptimised)
  target_precompile_headers(${name} REUSE_FROM quern_test_pch)
  add_dependencies(quern_unit_tests ${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 900)
endfunction()

# Asio's headers, precompiled for every layer that says ASIO. Its one source is empty: a target needs one.
add_library(quern_asio_pch OBJECT "${CMAKE_CURRENT_LIST_DIR}/asio_pch.cpp")
target_link_libraries(quern_asio_pch PRIVATE quern_asio quern_flags)
target_precompile_headers(quern_asio_pch PRIVATE "${CMAKE_CURRENT_LIST_DIR}/asio_pch.hpp")
