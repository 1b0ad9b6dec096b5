// SPDX-License-Identifier: Apache-2.0
package quern.java;

/** One snippet as the user sent it: its number, its text, and where in it an offset is. */
final class Cell {
  final int number;
  final String code;

  Cell(int number, String code) {
    this.number = number;
    this.code = code;
  }

  String file() {
    return "<cell " + number + ">";
  }

  /** From 1. */
  int line(int offset) {
    int line = 1;
    for (int at = code.indexOf('\n'); at >= 0 && at < offset; at = code.indexOf('\n', at + 1)) line++;
    return line;
  }

  /** From 1. */
  int column(int offset) {
    return offset - code.lastIndexOf('\n', offset - 1);
  }

  /** The text of the line, from 1. */
  String text(int line) {
    return code.lines().skip(line - 1).findFirst().orElse("");
  }
}
