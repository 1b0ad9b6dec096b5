// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Standard output or error: holds nothing back, and a write that waits for a reader ends when it is interrupted. */
final class Output extends OutputStream {
  private final Executor executor;
  private final int fd;
  /** While not null, gathers what is written behind the last end of a line: the text of a prompt. */
  private final StringBuilder lastLine = new StringBuilder();

  Output(Executor executor, int fd) {
    this.executor = executor;
    this.fd = fd;
  }

  PrintStream stream() {
    return new PrintStream(this, true, StandardCharsets.UTF_8);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] from, int at, int count) throws IOException {
    remember(from, at, count);
    while (count > 0) {
      int put = Native.write(fd, from, at, count);
      if (put >= 0) {
        at += put;
        count -= put;
      } else if (put == -Native.EINTR) {
        executor.dieIfInterrupted();
      } else {
        throw new IOException("descriptor " + fd + " cannot be written: errno " + -put);
      }
    }
  }

  /** The text behind the last end of a line, which is what a program has asked when it reads. */
  String lastLine() {
    synchronized (lastLine) {
      return lastLine.toString();
    }
  }

  void forget() {
    synchronized (lastLine) {
      lastLine.setLength(0);
    }
  }

  private void remember(byte[] from, int at, int count) {
    int begin = at + count;
    while (begin > at && from[begin - 1] != '\n') begin--;
    synchronized (lastLine) {
      if (begin > at) lastLine.setLength(0);
      if (begin < at + count && lastLine.length() < 4096)
        lastLine.append(new String(from, begin, at + count - begin, StandardCharsets.UTF_8));
    }
  }
}
