// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

/** The calls of native.c: each gives a count or a descriptor, or minus errno. */
final class Native {
  static final int EINTR = 4;
  static final int EAGAIN = 11;

  static {
    System.load(System.getProperty("quern.native"));
  }

  private Native() {}

  /** Makes reads and writes end by wake(), and threads by stop(); fails on a JVM that stops none. */
  static native void prepare();

  /** From now on SIGINT is the worker's, whatever has handled it before. */
  static native void hear();

  /** The number of the run that a SIGINT from now on is meant for; 0: none. */
  static native void run(int number);

  /** Waits for a SIGINT that meets a run. */
  static native void awaitInterrupt();

  /** The number of the run that the last SIGINT has met, told once; 0: none since. */
  static native int met();

  /** Returns when each SIGINT that was sent before has been noted for met(). */
  static native void settle();

  /** Sets a variable for children; null takes it away. */
  static native void environment(String name, String value);

  /** The kernel's number of this thread. */
  static native int thread();

  /** Ends the read or write of that thread, if it is in one of this class, with EINTR. */
  static native void wake(int thread);

  /** Throws that in the thread, wherever it is. */
  static native void stop(Thread thread, Throwable thrown);

  static native int read(int fd, byte[] into, int at, int count);

  static native int write(int fd, byte[] from, int at, int count);

  static native int writeWhole(int fd, byte[] from, int count);

  /** How many bytes can be read without waiting. */
  static native int available(int fd);

  static native int copyHigh(int fd);

  /** dup2: target is from now on what fd is. */
  static native int become(int fd, int target);

  static native void close(int fd);
}
