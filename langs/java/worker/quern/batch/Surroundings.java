// SPDX-License-Identifier: Apache-2.0
package quern.batch;

import java.util.List;
import java.util.Set;

/** The variables by which an ordinary build would come out another than that of a JVM which runs already. */
final class Surroundings {
  /** Options for javac or for every JVM, some of which say so on its standard error. */
  private static final Set<String> OPTIONS =
      Set.of("CLASSPATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JDK_JAVAC_OPTIONS");
  /** What chooses programs, libraries, encodings and languages. */
  private static final List<String> BEGINNINGS = List.of("PATH", "LANG", "LC_", "LD_", "MALLOC_", "GLIBC_");

  private Surroundings() {}

  /** Whether our own hold options, which then go for all builds. */
  static boolean speakToEveryJvm() {
    return OPTIONS.stream().map(System::getenv).anyMatch(value -> value != null && !value.isEmpty());
  }

  /** Whether one of these, which a request sets itself, counts. */
  static boolean differ(List<String> names) {
    return names.stream().anyMatch(name ->
        OPTIONS.contains(name) || name.contains("JAVA") || BEGINNINGS.stream().anyMatch(name::startsWith));
  }
}
