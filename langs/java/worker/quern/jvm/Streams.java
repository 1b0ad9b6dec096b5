// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.io.PrintStream;

/** System.in, out and err of the user's code, on the real descriptors 0, 1 and 2. */
final class Streams {
  final Input input;
  private final Output out;
  private final Output err;
  private PrintStream stdout;
  private PrintStream stderr;
  private int kept = -1;  // what descriptor 2 was before it became what 1 is

  Streams(Executor executor) {
    input = new Input(executor);
    out = new Output(executor, 1);
    err = new Output(executor, 2);
    System.setIn(input);
    renew();
  }

  /** New streams on the same descriptors: one that was stopped in the middle of a line would say the rest of it later. */
  void renew() {
    boolean ownOut = System.out == stdout;
    boolean ownErr = System.err == stderr;
    boolean first = stdout == null;
    stdout = out.stream();
    stderr = err.stream();
    if (first || ownOut) System.setOut(stdout);
    if (first || ownErr) System.setErr(stderr);
  }

  /** What stands on standard output behind the last end of a line. */
  String lastLine() {
    return out.lastLine();
  }

  void forgetLine() {
    out.forget();
  }

  void begin(boolean merged) {
    if (System.in == null) System.setIn(input);
    if (System.out == null) System.setOut(stdout);
    if (System.err == null) System.setErr(stderr);
    out.forget();
    if (!merged) return;
    kept = Native.copyHigh(2);
    Native.become(1, 2);
  }

  void end() {
    flush();
    if (kept >= 0) {
      Native.become(kept, 2);
      Native.close(kept);
      kept = -1;
    }
    input.forget();
  }

  /** Before every frame, also what a snippet has put in the place of these. */
  void flush() {
    for (PrintStream stream : new PrintStream[] {stdout, stderr, System.out, System.err}) {
      try {
        if (stream != null) stream.flush();
      } catch (RuntimeException theirs) {
        continue;  // a stream of the snippet's own making, which fails as it likes
      }
    }
  }
}
