// SPDX-License-Identifier: Apache-2.0
#include "streams.hpp"

#include <cstdio>
#include <iostream>
#include <stdio_ext.h>

namespace quern {

void buffer_output(bool by_lines) {
  static char buffer[BUFSIZ];
  setvbuf(stdout, by_lines ? buffer : nullptr, by_lines ? _IOLBF : _IONBF, sizeof buffer);
}

void prepare_streams() {
  buffer_output(true);
  // With a reader of lines, the library writes out a prompt without a newline before it reads.
  setvbuf(stdin, nullptr, _IOLBF, BUFSIZ);
}

void flush_output() {
  // A snippet may have made them throw.
  for (std::ostream* stream : {&std::cout, &std::cerr, &std::clog}) {
    stream->exceptions(std::ios::goodbit);
    stream->flush();
  }
  fflush(stdout);
  fflush(stderr);
}

void drop_input() {
  std::cin.exceptions(std::ios::goodbit);
  std::cin.clear();
  if (std::streamsize ahead = std::cin.rdbuf()->in_avail(); ahead > 0) {
    std::cin.ignore(ahead);  // of a snippet that does not synchronise with stdio
  }
  std::cin.clear();
  __fpurge(stdin);
  clearerr(stdin);
}

}  // namespace quern
