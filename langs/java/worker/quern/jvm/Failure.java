// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.util.List;

/** Why a snippet failed; line and column are from 1, or 0 where they are not known. */
public record Failure(boolean compile, String name, String message, String file, int line, int column, List<String> traceback) {
  public static final String COMPILE = "CompileError";

  public static Failure compile(String message, String file, int line, int column, List<String> traceback) {
    return new Failure(true, COMPILE, message, file, line, column, traceback);
  }

  static Failure interrupted(List<String> traceback) {
    return new Failure(false, "Interrupted", "the snippet was interrupted", null, 0, 0, traceback);
  }

  Frame frame() {
    Frame frame = new Frame("error").with("kind", compile ? "compile" : "runtime");
    if (line > 0) frame.with("line", line);
    if (column > 0) frame.with("column", column);
    frame.part("name", name).part("message", message == null ? "" : message);
    if (file != null) frame.part("file", file);
    for (String entry : traceback) frame.part("traceback", entry);
    return frame;
  }
}
