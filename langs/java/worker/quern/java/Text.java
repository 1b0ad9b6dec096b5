// SPDX-License-Identifier: Apache-2.0
package quern.java;

/** Where in Java's text something other than spaces and comments is. */
final class Text {
  private Text() {}

  /** The offset of the next text from there. */
  static int begin(String code, int at) {
    for (;;) {
      while (at < code.length() && Character.isWhitespace(code.charAt(at))) at++;
      int end = comment(code, at);
      if (end < 0) return at;
      at = end;
    }
  }

  /** The last character that is no space and in no comment, or 0 when there is none. */
  static char last(String code) {
    char last = 0;
    for (int at = begin(code, 0); at < code.length(); at = begin(code, at)) {
      last = code.charAt(at);
      at = last == '"' || last == '\'' ? quoted(code, at) : at + 1;
    }
    return last;
  }

  /** The offset behind the comment that begins there, or -1 if none does. One that has no end is none. */
  private static int comment(String code, int at) {
    if (code.startsWith("//", at)) {
      int end = code.indexOf('\n', at);
      return end < 0 ? code.length() : end + 1;
    }
    int end = code.startsWith("/*", at) ? code.indexOf("*/", at + 2) : -1;
    return end < 0 ? -1 : end + 2;
  }

  private static int quoted(String code, int at) {
    String quote = code.startsWith("\"\"\"", at) ? "\"\"\"" : code.substring(at, at + 1);
    for (at += quote.length(); at < code.length(); at++) {
      if (code.charAt(at) == '\\') at++;
      else if (code.startsWith(quote, at)) return at + quote.length();
    }
    return code.length();
  }
}
