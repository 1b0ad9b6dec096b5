# SPDX-License-Identifier: Apache-2.0
#
# What the workers on the JVM have in common: finds the JDK (QUERN_JVM), builds native.c, packs a jar, and puts all into
# the language's folder, with the class-data archives made there, for they hold for that place alone.
set(QUERN_JVM_SOURCES "${CMAKE_CURRENT_LIST_DIR}")
find_path(QUERN_JVM bin/javac PATHS /usr/lib/jvm/java-17-openjdk-amd64 /usr/lib/jvm/java-17-openjdk-arm64
  /usr/lib/jvm/java-21-openjdk-amd64 /usr/lib/jvm/java-21-openjdk-arm64 /usr/lib/jvm/default-java NO_DEFAULT_PATH)

function(quern_jvm_library target)
  add_library(${target} MODULE "${QUERN_JVM_SOURCES}/native.c")
  set_target_properties(${target} PROPERTIES OUTPUT_NAME quern-jvm PREFIX lib C_STANDARD 17 COMPILE_OPTIONS "" LINK_OPTIONS ""
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
  target_include_directories(${target} SYSTEM PRIVATE "${QUERN_JVM}/include" "${QUERN_JVM}/include/linux")
  target_compile_options(${target} PRIVATE -O2 -Wall -Wextra -Werror)
endfunction()

# Compiles Java into `classes`, as a command to be part of another.
set(QUERN_JAVAC "${QUERN_JVM}/bin/javac" -encoding UTF-8 -XDignore.symbol.file -Xlint:all,-removal -Werror -nowarn -proc:none)
set(QUERN_JAR "${QUERN_JVM}/bin/jar")

# Puts worker.jar and the files into `place`, with flags and training runs of the folder `own`, and makes the archives there.
function(quern_jvm_worker target library place own files)
  file(GLOB trainings CONFIGURE_DEPENDS "${own}/training/*")
  set(jar "${CMAKE_CURRENT_BINARY_DIR}/worker.jar")
  add_custom_command(OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/placed"
    COMMAND sh "${QUERN_JVM_SOURCES}/place" "${place}" "${QUERN_JVM}" "${own}/flags" "${own}/training" "${jar}"
      "$<TARGET_FILE:${library}>" ${files}
    COMMAND "${CMAKE_COMMAND}" -E touch "${CMAKE_CURRENT_BINARY_DIR}/placed"
    DEPENDS "${jar}" ${library} ${files} "${own}/flags" ${trainings} "${QUERN_JVM_SOURCES}/place" "${QUERN_JVM_SOURCES}/archive"
    COMMENT "Placing ${target} and making its class-data archives"
    VERBATIM)
  add_custom_target(${target} ALL DEPENDS "${CMAKE_CURRENT_BINARY_DIR}/placed")
endfunction()
