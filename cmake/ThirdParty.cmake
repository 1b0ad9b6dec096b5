# SPDX-License-Identifier: Apache-2.0
#
# The libraries of others, one interface target each, their headers always as system headers. They come from Debian:
# from the machine, or from build/deps where tools/deps has put what the machine cannot have installed.

set(unpacked "${QUERN_DEPS}/root/usr/include")
foreach(needed IN ITEMS
    "${unpacked}/boost/asio.hpp" "${unpacked}/msgpack.hpp" "${unpacked}/zmq.hpp" "${QUERN_DEPS}/zmq/lib/libzmq.a"
    /usr/include/spdlog/spdlog.h /usr/include/fmt/format.h /usr/include/CLI/CLI.hpp
    /usr/include/toml++/toml.h /usr/include/nlohmann/json.hpp /usr/include/catch2/catch.hpp
    /usr/include/utf8proc.h /usr/include/png.h /usr/include/jpeglib.h)
  if(NOT EXISTS "${needed}")
    message(FATAL_ERROR "${needed} is not there. Run tools/deps, then configure again.")
  endif()
endforeach()

find_package(Threads REQUIRED)
find_library(QUERN_SODIUM NAMES libsodium.a REQUIRED)
find_library(QUERN_UTF8PROC NAMES libutf8proc.a REQUIRED)
find_library(QUERN_PNG NAMES libpng.a REQUIRED)
find_library(QUERN_ZLIB NAMES libz.a REQUIRED)
find_library(QUERN_JPEG NAMES libjpeg.a REQUIRED)
mark_as_advanced(QUERN_SODIUM QUERN_UTF8PROC QUERN_PNG QUERN_ZLIB QUERN_JPEG)

# Headers of Boost alone: containers, system::result. Asio and Process come with quern_asio.
add_library(quern_boost INTERFACE)
target_include_directories(quern_boost SYSTEM INTERFACE "${unpacked}")

# Asio and Process v2. Process v2 is header-only in name: one source file of quern_process includes
# <boost/process/v2/src.hpp>, and whoever includes <boost/process/v2.hpp> includes <boost/optional.hpp> and
# <boost/type_traits.hpp> before it, for 1.81 forgets to.
add_library(quern_asio INTERFACE)
target_link_libraries(quern_asio INTERFACE quern_boost Threads::Threads)
target_compile_definitions(quern_asio INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_PROCESS_USE_STD_FS=1 BOOST_PROCESS_V2_SEPARATE_COMPILATION=1)

add_library(quern_msgpack INTERFACE)
target_include_directories(quern_msgpack SYSTEM INTERFACE "${unpacked}")
target_compile_definitions(quern_msgpack INTERFACE MSGPACK_NO_BOOST)

# Debian has no static spdlog and fmt: both are used as headers.
add_library(quern_spdlog INTERFACE)
target_compile_definitions(quern_spdlog INTERFACE FMT_HEADER_ONLY=1 SPDLOG_HEADER_ONLY=1)
target_link_libraries(quern_spdlog INTERFACE Threads::Threads)

# libzmq of tools/deps with libsodium for CURVE, both static in every build.
add_library(quern_zmq INTERFACE)
target_include_directories(quern_zmq SYSTEM INTERFACE "${QUERN_DEPS}/zmq/include" "${unpacked}")
target_compile_definitions(quern_zmq INTERFACE ZMQ_STATIC)
target_link_libraries(quern_zmq INTERFACE "${QUERN_DEPS}/zmq/lib/libzmq.a" "${QUERN_SODIUM}" Threads::Threads)

add_library(quern_sodium INTERFACE)
target_compile_definitions(quern_sodium INTERFACE SODIUM_STATIC)
target_link_libraries(quern_sodium INTERFACE "${QUERN_SODIUM}")

add_library(quern_utf8proc INTERFACE)
target_compile_definitions(quern_utf8proc INTERFACE UTF8PROC_STATIC)
target_link_libraries(quern_utf8proc INTERFACE "${QUERN_UTF8PROC}")

# What pictures are read with.
add_library(quern_pictures INTERFACE)
target_link_libraries(quern_pictures INTERFACE "${QUERN_PNG}" "${QUERN_ZLIB}" "${QUERN_JPEG}" m)

# These lie in /usr/include; the targets stand for who uses them.
add_library(quern_cli11 INTERFACE)
add_library(quern_tomlplusplus INTERFACE)
add_library(quern_nlohmann INTERFACE)
add_library(quern_catch2 INTERFACE)
