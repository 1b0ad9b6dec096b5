// SPDX-License-Identifier: Apache-2.0
package quern.java;

import java.util.ArrayList;
import java.util.List;
import jdk.jshell.ErroneousSnippet;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;

/** A cell cut into what JShell takes one by one: a declaration, a statement or an expression each. */
final class Parts {
  /** The text, where it begins in the cell, whether it is whole, and if not, what is known to be its fault, or null. */
  record Part(String text, int start, Completeness state, String fault) {
    boolean isWhole() {
      return fault == null && state.isComplete() && state != Completeness.UNKNOWN;
    }

    /** Whether the user has ended it with a semicolon, which hides a value. */
    boolean isClosed() {
      return Text.last(text) == ';' && state != Completeness.COMPLETE_WITH_SEMI;
    }
  }

  private Parts() {}

  /** All parts, up to the first that is not whole. */
  static List<Part> of(String code, SourceCodeAnalysis analysis) {
    List<Part> parts = new ArrayList<>();
    for (int at = Text.begin(code, 0); at < code.length();) {
      String rest = code.substring(at);
      CompletionInfo info = analysis.analyzeCompletion(rest);
      if (info.completeness() == Completeness.EMPTY) break;
      boolean goesOn = info.remaining() != null && info.remaining().length() < rest.length();
      int end = goesOn ? code.length() - info.remaining().length() : code.length();
      String text = info.source() == null ? rest : info.source().stripTrailing();
      int next = Text.begin(code, end);
      boolean runsOn = next < code.length() && isOpen(code, at, end) && code.substring(end, next).indexOf('\n') < 0;
      Part part = new Part(text, at, info.completeness(), runsOn ? "';' expected" : null);
      parts.add(part);
      if (!part.isWhole()) break;
      at = next;
    }
    return parts;
  }

  /** The same, each held to the parser: what is whole by its brackets may yet be none. */
  static List<Part> parsed(String code, SourceCodeAnalysis analysis) {
    List<Part> parts = new ArrayList<>();
    for (Part part : of(code, analysis)) {
      parts.add(new Part(part.text, part.start, parsed(part.text, part.state, analysis), part.fault));
      if (!parts.get(parts.size() - 1).isWhole()) break;
    }
    return parts;
  }

  /** What JShell takes for complete by its brackets, its parser may yet refuse. */
  private static Completeness parsed(String text, Completeness state, SourceCodeAnalysis analysis) {
    // An expression of names that are not known yet is erroneous to JShell, too.
    boolean refused = state.isComplete() && analysis.sourceToSnippets(text).stream().anyMatch(ErroneousSnippet.class::isInstance);
    return refused && !Syntax.parses(text) ? Completeness.UNKNOWN : state;
  }

  /** Whether what stands there has no end of its own. */
  private static boolean isOpen(String code, int from, int to) {
    char last = Text.last(code.substring(from, to));
    return last != ';' && last != '}';
  }
}
