// SPDX-License-Identifier: Apache-2.0
package quern.java;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Asks javac's parser alone. */
final class Syntax {
  /** What a part may be: statements, an expression, a member of a class. */
  private static final List<String> PLACES = List.of("class Q { void q() { %s\n; } }", "class Q { Object q = (%s\n); }", "class Q { %s\n }");
  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
  private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

  private Syntax() {}

  static boolean parses(String text) {
    return PLACES.stream().anyMatch(place -> isWhole(place.replace("%s", text)));
  }

  private static boolean isWhole(String source) {
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///Q.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignored) {
        return source;
      }
    };
    try {
      ((JavacTask) COMPILER.getTask(null, FILES, found, List.of("-proc:none"), null, List.of(file))).parse();
    } catch (IOException never) {
      throw new UncheckedIOException(never);  // all of it is in memory
    }
    return found.getDiagnostics().stream().noneMatch(one -> one.getKind() == Diagnostic.Kind.ERROR);
  }
}
