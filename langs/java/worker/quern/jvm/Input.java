// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.io.IOException;
import java.io.InputStream;

/** Standard input, such that an interrupt ends a read, and that forgets at a run's end what it has read ahead. */
final class Input extends InputStream {
  private final byte[] held = new byte[8192];
  private final Executor executor;
  private int from;
  private int to;
  /** What is done before a read that may wait. */
  volatile Runnable before = () -> {};
  /** What is done when such a read has returned, however. */
  volatile Runnable after = () -> {};

  Input(Executor executor) {
    this.executor = executor;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public synchronized int read(byte[] into, int at, int count) throws IOException {
    java.util.Objects.checkFromIndexSize(at, count, into.length);
    if (count == 0) return 0;
    if (from == to && !fill()) return -1;
    int got = Math.min(count, to - from);
    System.arraycopy(held, from, into, at, got);
    from += got;
    return got;
  }

  @Override
  public synchronized int available() throws IOException {
    return to - from + Math.max(0, Native.available(0));
  }

  @Override
  public synchronized long skip(long count) throws IOException {
    long left = count;
    while (left > 0 && (from < to || fill())) {
      int some = (int) Math.min(left, to - from);
      from += some;
      left -= some;
    }
    return count - left;
  }

  /** Standard input cannot be closed: it is of the next run too. */
  @Override
  public void close() {}

  private boolean fill() throws IOException {
    from = to = 0;
    before.run();
    try {
      for (;;) {
        int got = Native.read(0, held, 0, held.length);
        if (got >= 0) to = got;
        if (got >= 0) return got > 0;
        if (got != -Native.EINTR) throw new IOException("standard input cannot be read: errno " + -got);
        executor.dieIfInterrupted();
      }
    } finally {
      after.run();
    }
  }

  /** What was read ahead belonged to the run that ends. */
  void forget() {
    from = to = 0;
  }
}
