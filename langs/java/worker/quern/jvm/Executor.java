// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs the user's code on a thread of its own, and ends it when SIGINT comes or exit was asked for.
 *
 * First the thread is interrupted as Java knows it, which ends what sleeps or waits, and its reads of standard input are
 * woken. One that takes no notice is stopped where it is; one that notices has a second to come to its end. A thread in
 * a system call that cannot be ended is left behind, to die when the call returns, and its run is over.
 */
public final class Executor {
  /** A piece of the user's code. */
  public interface Work {
    Object call() throws Throwable;
  }

  /** How it ended: a value, or what it threw. */
  public record Outcome(Object value, Throwable thrown) {}

  private static final long UNNOTICED_MS = 40;
  private static final long NOTICED_MS = 1000;
  private static final long AGAIN_MS = 200;
  private static final long STUCK_MS = 300;

  private final ThreadGroup group = Thread.currentThread().getThreadGroup();
  private ClassLoader loader = ClassLoader.getSystemClassLoader();
  private Thread thread;
  private int number;
  private Work work;
  private Outcome outcome;
  private boolean armed;
  private int runs;
  private boolean interrupted;
  private boolean told;
  private boolean survived;
  private Integer exit;

  /** From here to end() an interrupt counts. */
  synchronized void begin() {
    armed = true;
    interrupted = false;
    exit = null;
    Native.settle();  // one that was sent before is of no run
    Native.run(++runs);
  }

  synchronized void end() {
    Native.run(0);
    armed = false;
  }

  /** Called when SIGINT has come, and before the run that it may have met is said to have ended by itself. */
  synchronized void interrupt() {
    if (Native.met() != runs || !armed) return;
    interrupted = true;
    notifyAll();
  }

  /** Called for an exit of the user's code, on whatever thread; false when there is none that could be ended. */
  synchronized boolean exit(int status) {
    if (!armed) return false;
    exit = status;
    notifyAll();
    return true;
  }

  public synchronized boolean wasInterrupted() {
    return interrupted;
  }

  /** The status that exit was asked for with, or null. */
  public synchronized Integer exitStatus() {
    return exit;
  }

  synchronized boolean isRunning() {
    return armed;
  }

  /** Where the user's classes come from: the context class loader of the thread. */
  public synchronized void loader(ClassLoader given) {
    loader = given;
    if (thread != null) thread.setContextClassLoader(given);
  }

  /** Runs it and waits for its end. */
  public Outcome run(Work given) {
    synchronized (this) {
      if (interrupted || exit != null) return new Outcome(null, new ThreadDeath());
      if (thread == null || !thread.isAlive()) start();
      work = given;
      outcome = null;
      told = survived = false;
      notifyAll();
      while (outcome == null && !interrupted && exit == null) quietly(0);
      if (outcome != null && exit == null) {
        Native.settle();  // what ended may be a child of the user's, by the same SIGINT
        interrupt();
        return outcome;  // an interrupt that came with its end is still to be told
      }
      told = outcome == null;
      if (told) thread.interrupt();
    }
    return stopped();
  }

  /** In the user's thread, within one of the worker's own waiting calls. */
  void dieIfInterrupted() {
    synchronized (this) {
      if (Thread.currentThread() != thread || (!interrupted && exit == null)) return;
    }
    throw new ThreadDeath();
  }

  private void start() {
    thread = new Thread(group, this::loop, "main");
    thread.setContextClassLoader(loader);
    thread.start();
    while (number == 0) quietly(0);
  }

  private void loop() {
    synchronized (this) {
      number = Native.thread();
      notifyAll();
    }
    for (;;) {
      Work next;
      synchronized (this) {
        while (work == null || Thread.currentThread() != thread) {
          if (Thread.currentThread() != thread) return;
          quietly(0);
        }
        next = work;
        work = null;
      }
      Outcome ended;
      try {
        ended = new Outcome(next.call(), null);
      } catch (Throwable thrown) {
        ended = new Outcome(null, thrown);
      }
      synchronized (this) {
        if (Thread.currentThread() != thread) return;  // left behind meanwhile
        survived = told && ended.thrown == null && !Thread.interrupted();
        outcome = ended;
        notifyAll();
      }
    }
  }

  private Outcome stopped() {
    final Thread ending = thread;
    final long begin = System.nanoTime();
    long next = UNNOTICED_MS;
    long first = 0;
    for (;;) {
      synchronized (this) {
        if (outcome == null) quietly(first == 0 ? 10 : 20);
        if (outcome == null && !ending.isAlive()) outcome = new Outcome(null, new ThreadDeath());  // by a stop at its very end
        if (outcome != null) {
          Outcome ended = exit == null ? outcome : new Outcome(null, new ThreadDeath());
          if (survived) interrupted = false;  // told, noticed and survived: it is none
          retire();
          return ended;
        }
      }
      Native.wake(number);
      final long ms = (System.nanoTime() - begin) / 1_000_000;
      final boolean noticed = exit == null && !ending.isInterrupted();
      if (ms >= next && (!noticed || ms >= NOTICED_MS)) {
        if (first == 0) first = ms;
        next = ms + AGAIN_MS;
        Native.stop(ending, new ThreadDeath());
      }
      if (first != 0 && ms >= first + STUCK_MS / 2) releaseRead();
      if (first != 0 && ms >= first + STUCK_MS && isInNative(ending)) {
        synchronized (this) {
          retire();
          return new Outcome(null, new ThreadDeath());
        }
      }
    }
  }

  /** A thread that was interrupted is not used again, for a late stop may yet hit it. */
  private void retire() {
    thread = null;
    number = 0;
    work = null;
    notifyAll();
  }

  private static boolean isInNative(Thread ending) {
    StackTraceElement[] stack = ending.getStackTrace();
    return stack.length > 0 && stack[0].isNativeMethod();
  }

  /** Should it wait in a read of standard input that is not this worker's own, then an empty line ends that. */
  private void releaseRead() {
    try {
      String call = Files.readString(Path.of("/proc/self/task/" + number + "/syscall"));
      if (call.startsWith("0 0x0 ") && Native.available(0) == 0) Files.write(Path.of("/proc/self/fd/0"), new byte[] {'\n'});
    } catch (IOException gone) {
      return;  // it has ended, or nobody writes to it any more: no read to be released
    }
  }

  private void quietly(long ms) {
    try {
      wait(ms);
    } catch (InterruptedException | ThreadDeath late) {
      Thread.interrupted();  // for a snippet that is over
    }
  }
}
