// SPDX-License-Identifier: Apache-2.0
package quern.java;

import quern.jvm.Worker;

/** The worker for Java. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Worker.main((executor, questions) -> new Session(executor));
  }
}
