// SPDX-License-Identifier: Apache-2.0
package quern.java;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.spi.SPIResolutionException;
import quern.jvm.Executor;
import quern.jvm.Rich;

/** JShell's execution control: runs compiled snippets in this very JVM, on the thread for the user's code. */
final class Engine extends DirectExecutionControl {
  private final Executor executor;
  private boolean shows;
  private Rich shown;
  private boolean stopped;
  private boolean refuses;

  Engine(Executor executor, Loader loader) {
    super(loader);
    this.executor = executor;
  }

  /** What the next snippet gives is to be kept in its forms, too. */
  void expect(boolean value) {
    shows = value;
    shown = null;
    stopped = false;
  }

  /** While true nothing is run: what is not to be compiled is only asked why. */
  void refuse(boolean value) {
    refuses = value;
  }

  /** What it gave. */
  Rich shown() {
    return shown;
  }

  /** Whether it was ended by an interrupt or an exit. */
  boolean wasStopped() {
    return stopped;
  }

  @Override
  public String invoke(String className, String methodName) throws RunException, InternalException {
    if (refuses) throw new StoppedException();
    Method method;
    try {
      method = findClass(className).getDeclaredMethod(methodName);
      method.setAccessible(true);
    } catch (ReflectiveOperationException missing) {
      throw new InternalException(missing.toString());
    }
    Executor.Outcome outcome = executor.run(() -> call(method));
    if (outcome.thrown() == null) return (String) outcome.value();
    if (outcome.thrown() instanceof RunException known) throw known;
    stopped = true;
    throw new StoppedException();
  }

  private String call(Method method) throws RunException {
    try {
      Object value = method.invoke(null);
      String text = valueString(value);
      if (shows) shown = Rich.of(value, text);
      return text;
    } catch (InvocationTargetException thrown) {
      throw told(thrown.getCause(), Collections.newSetFromMap(new IdentityHashMap<>()));
    } catch (Throwable theirs) {  // of the value's own toString
      throw told(theirs, Collections.newSetFromMap(new IdentityHashMap<>()));
    }
  }

  /** As JShell wants it told; the value's or the exception's own methods are asked, so this is the user's thread. */
  private static RunException told(Throwable thrown, Set<Throwable> seen) {
    if (thrown instanceof ThreadDeath death) throw death;
    seen.add(thrown);
    StackTraceElement[] stack = trimmed(thrown.getStackTrace());
    if (thrown instanceof SPIResolutionException unresolved) return new ResolutionException(unresolved.id(), stack);
    UserException told = new UserException(thrown.getMessage(), thrown.getClass().getName(), stack);
    Throwable cause = thrown.getCause();
    if (cause != null && !seen.contains(cause)) told.initCause(told(cause, seen));
    return told;
  }

  /** Without the worker's frames, which are those below the snippet's own, and those of its streams. */
  private static StackTraceElement[] trimmed(StackTraceElement[] stack) {
    int end = stack.length;
    while (end > 0 && !stack[end - 1].getClassName().startsWith("REPL.")) end--;
    return Arrays.stream(stack, 0, end == 0 ? stack.length : end)
        .filter(frame -> !frame.getClassName().startsWith("quern.jvm.")).toArray(StackTraceElement[]::new);
  }
}
