// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.util.List;

/** What a language of the JVM does with code; the worker around it does the rest. */
public interface Language {
  /** What the ready frame says: the version's number and the language's name with it. */
  String version();

  String title();

  /** Readies what the first snippet needs; the worker has said ready by then, and a request may be waiting. */
  void warm();

  /** Runs a snippet. Its value, if it has one that is to be shown, comes in the answer. */
  Ending run(String code, List<String> arguments);

  /** What the name before the cursor may become. The cursor counts chars. */
  Matches complete(String code, int cursor);

  /** What is known of the name at the cursor, or null. */
  String inspect(String code, int cursor, boolean detail);

  Check check(String code);

  /** How a snippet ended: a failure or null, and the value that is to be shown in its forms, or null. */
  record Ending(Failure failure, Rich value) {}

  record Match(String text, String type) {}

  record Matches(int start, int end, List<Match> items) {}

  record Check(String state, String indent) {}
}
