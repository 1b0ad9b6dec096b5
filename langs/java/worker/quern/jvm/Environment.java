// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.Objects;

/** TRACEPARENT in the environment that System.getenv shows and children get, for one run. */
final class Environment {
  private static final String NAME = "TRACEPARENT";
  private final Map<String, String> variables;
  private String now;
  private String before;

  @SuppressWarnings("unchecked")
  Environment() throws ReflectiveOperationException {
    Map<String, String> shown = System.getenv();
    Field within = shown.getClass().getDeclaredField("m");
    within.setAccessible(true);
    variables = (Map<String, String>) within.get(shown);
  }

  void begin(String given) {
    if (given == null || given.indexOf('\0') >= 0) return;
    before = variables.get(NAME);
    now = given;
    set(given);
  }

  void end() {
    if (now != null && Objects.equals(variables.get(NAME), now)) set(before);
    now = null;
  }

  /** For Java and, as ProcessBuilder leaves it to the C library, for children. */
  private void set(String value) {
    if (value == null) variables.remove(NAME);
    else variables.put(NAME, value);
    Native.environment(NAME, value);
  }
}
