// SPDX-License-Identifier: Apache-2.0
package quern.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;
import jdk.jshell.JShellException;
import jdk.jshell.UnresolvedReferenceException;
import quern.jvm.Failure;

/** What went wrong, in the words of javac and java and with the user's own lines. */
final class Failures {
  /** The places of snippets: JShell's number of one says which cell it is of and in which line it begins. */
  private record Place(Cell cell, int line) {}

  private final Map<String, Place> places = new HashMap<>();

  void place(String id, Cell cell, int line) {
    places.put(id, new Place(cell, line));
  }

  /** Of a snippet that does not compile; it begins at that offset of the cell. */
  Failure compile(Cell cell, int start, List<Diag> diagnostics) {
    List<String> lines = new ArrayList<>();
    Failure first = null;
    for (Diag diagnostic : diagnostics) {
      if (!diagnostic.isError()) continue;
      int offset = Math.max(0, Math.min(start + (int) diagnostic.getPosition(), cell.code.length()));
      int line = cell.line(offset);
      int column = cell.column(offset);
      String message = diagnostic.getMessage(Locale.ROOT).strip();
      String[] words = message.split("\n");
      lines.add(cell.file() + ":" + line + ": error: " + words[0]);
      lines.add(cell.text(line));
      lines.add(" ".repeat(Math.max(0, column - 1)) + "^");
      for (int i = 1; i < words.length; i++) lines.add(words[i]);
      if (first == null) first = Failure.compile(message, cell.file(), line, column, lines);
    }
    if (first != null) return first;
    int line = cell.line(start);
    return Failure.compile("this cannot be compiled", cell.file(), line, 0, List.of(cell.file() + ":" + line + ": error"));
  }

  /** Of one that does not parse, where it is known why. */
  Failure compile(Cell cell, int offset, String message) {
    int line = cell.line(offset);
    int column = cell.column(offset);
    return Failure.compile(message, cell.file(), line, column,
        List.of(cell.file() + ":" + line + ": error: " + message, cell.text(line), " ".repeat(column - 1) + "^"));
  }

  /** Of one that cannot be used before more is defined. */
  Failure unresolved(Cell cell, int start, String what, List<String> names, List<Diag> diagnostics) {
    if (!diagnostics.isEmpty()) return compile(cell, start, diagnostics);
    int line = cell.line(start);
    String message = what + " cannot be used before " + String.join(", ", names) + (names.size() == 1 ? " is" : " are") + " declared";
    return Failure.compile(message, cell.file(), line, 0, List.of(cell.file() + ":" + line + ": error: " + message));
  }

  /** Of one that has thrown. */
  Failure runtime(Cell cell, JShellException thrown, String unresolved) {
    List<String> lines = new ArrayList<>();
    Place[] where = new Place[1];
    tell(thrown, unresolved, "", lines, cell, where);
    Place at = where[0];
    return new Failure(false, name(thrown), message(thrown, unresolved), at == null ? null : at.cell.file(),
        at == null ? 0 : at.line, 0, lines);
  }

  static Failure stopped() {
    return new Failure(false, "Interrupted", "", null, 0, 0, List.of());
  }

  private void tell(Throwable thrown, String unresolved, String before, List<String> lines, Cell cell, Place[] first) {
    String message = message(thrown, unresolved);
    lines.addAll(List.of((before + name(thrown) + (message == null ? "" : ": " + message)).split("\n", -1)));
    for (StackTraceElement frame : thrown.getStackTrace()) {
      Place at = at(frame);
      if (at != null && first[0] == null && at.cell == cell) first[0] = at;
      if (at == null) {
        lines.add("\tat " + frame);
      } else if (at.cell.number > 0) {
        lines.add("\tat " + method(frame) + "(" + at.cell.file() + ":" + at.line + ")");
      }
    }
    if (thrown.getCause() != null) tell(thrown.getCause(), unresolved, "Caused by: ", lines, cell, first);
  }

  private Place at(StackTraceElement frame) {
    String file = frame.getFileName();
    Place place = file == null || !file.startsWith("#") ? null : places.get(file.substring(1));
    return place == null ? null : new Place(place.cell, place.line + frame.getLineNumber() - 1);
  }

  private static String method(StackTraceElement frame) {
    String type = frame.getClassName();
    String method = frame.getMethodName();
    if (method.equals("do_it$")) method = "";
    return type.isEmpty() || method.isEmpty() ? type + method : type + "." + method;
  }

  private static String name(Throwable thrown) {
    return thrown instanceof EvalException known ? known.getExceptionClassName() : thrown.getClass().getSimpleName();
  }

  private static String message(Throwable thrown, String unresolved) {
    return thrown instanceof UnresolvedReferenceException ? unresolved : thrown.getMessage();
  }
}
