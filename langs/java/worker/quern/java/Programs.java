// SPDX-License-Identifier: Apache-2.0
package quern.java;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jshell.ImportSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.TypeDeclSnippet;

/** Whole programs: nothing but imports and types, one of which has a main. */
final class Programs {
  private static final Pattern PACKAGE =
      Pattern.compile("\\A(?:\\s|//[^\\n]*\\n|/\\*(?:[^*]|\\*(?!/))*+\\*/)*+(package\\s+[\\w.]+\\s*;)");
  private static final Pattern MAIN =
      Pattern.compile("\\bstatic\\s+(?:final\\s+)?void\\s+main\\s*\\(\\s*(?:final\\s+)?(?:java\\.lang\\.)?String\\b");

  private Programs() {}

  /** The same text with spaces in the place of a package, which a context has none of. */
  static String withoutPackage(String code) {
    if (!code.contains("package")) return code;
    Matcher found = PACKAGE.matcher(code);
    if (!found.find()) return code;
    return code.substring(0, found.start(1)) + found.group(1).replaceAll("[^\\n]", " ") + code.substring(found.end(1));
  }

  /** The name of the class whose main is to be run, or null. */
  static String main(List<Snippet> made) {
    String name = null;
    for (Snippet snippet : made) {
      if (snippet instanceof ImportSnippet) continue;
      if (!(snippet instanceof TypeDeclSnippet type)) return null;
      if (name == null && MAIN.matcher(type.source()).find()) name = type.name();
    }
    return name;
  }
}
