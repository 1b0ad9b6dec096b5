// SPDX-License-Identifier: Apache-2.0
package quern.java;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jshell.JShell;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import jdk.jshell.SourceCodeAnalysis.Suggestion;
import quern.jvm.Language.Check;
import quern.jvm.Language.Match;
import quern.jvm.Language.Matches;

/** What is asked about code without running it, answered by JShell's analysis. */
final class Asked {
  private static final String INDENT = "    ";
  private final SourceCodeAnalysis analysis;

  Asked(JShell shell, SourceCodeAnalysis analysis) {
    this.analysis = analysis;
  }

  /** Of the part that the cursor is in, or, for names that earlier parts bring, of the whole. */
  Matches complete(String code, int cursor) {
    int from = lastPart(code.substring(0, cursor));
    Matches found = complete(code, from, cursor);
    return found.items().isEmpty() && from > 0 ? complete(code, 0, cursor) : found;
  }

  private Matches complete(String code, int from, int cursor) {
    String text = code.substring(from, cursor);
    int[] anchor = {text.length()};
    Map<String, String> found = new LinkedHashMap<>();
    for (Suggestion suggestion : analysis.completionSuggestions(text, text.length(), anchor)) {
      String name = suggestion.continuation();
      int parenthesis = name.indexOf('(');
      String kind = parenthesis >= 0 ? "method" : name.endsWith(".") ? "package" : "";
      if (parenthesis >= 0) name = name.substring(0, parenthesis);
      if (name.endsWith(".")) name = name.substring(0, name.length() - 1);
      if (!name.isBlank()) found.putIfAbsent(name.strip(), kind);
    }
    List<Match> items = new ArrayList<>();
    found.forEach((name, kind) -> items.add(new Match(name, kind)));
    return new Matches(from + anchor[0], cursor, items);
  }

  String inspect(String code, int cursor, boolean detail) {
    int end = cursor;
    while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) end++;
    String text = code.substring(lastPart(code.substring(0, end)), end);
    List<Documentation> found = analysis.documentation(text, text.length(), detail);
    if (found.isEmpty()) found = analysis.documentation(text + "(", text.length() + 1, detail);
    if (found.isEmpty()) return null;
    return found.stream().map(one -> one.signature() + (one.javadoc() == null ? "" : "\n" + one.javadoc())).distinct()
        .collect(Collectors.joining("\n"));
  }

  Check check(String code) {
    if (code.isBlank()) return new Check("complete", "");
    List<Parts.Part> parts = Parts.parsed(code, analysis);
    if (parts.isEmpty()) return new Check("complete", "");
    Parts.Part last = parts.get(parts.size() - 1);
    if (last.fault() != null) return new Check("invalid", "");
    return switch (last.state()) {
      case DEFINITELY_INCOMPLETE, CONSIDERED_INCOMPLETE -> new Check("incomplete", indent(code));
      case UNKNOWN -> new Check("invalid", "");
      default -> new Check("complete", "");
    };
  }

  /** That of the last line, and one step more behind an opening bracket. */
  private static String indent(String code) {
    String line = code.substring(code.lastIndexOf('\n') + 1);
    String own = line.substring(0, line.length() - line.stripLeading().length());
    String text = line.stripTrailing();
    return text.endsWith("{") || text.endsWith("(") || text.endsWith("[") || text.endsWith("->") ? own + INDENT : own;
  }

  /** Where the part begins that the end of the text is in. */
  private int lastPart(String text) {
    List<Parts.Part> parts = Parts.of(text, analysis);
    return parts.isEmpty() ? 0 : parts.get(parts.size() - 1).start();
  }
}
