// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.lang.reflect.Method;
import java.security.Permission;

/** Turns System.exit of the user's code into the end of its snippet; Runtime.halt is let through. Allows all else. */
@SuppressWarnings({"deprecation", "removal"})
final class Exits extends SecurityManager {
  private final Executor executor;

  private Exits(Executor executor) {
    this.executor = executor;
  }

  /** By the JVM's own inner door: the public one prints a warning. */
  static void install(Executor executor) throws ReflectiveOperationException {
    Method door = System.class.getDeclaredMethod("implSetSecurityManager", SecurityManager.class);
    door.setAccessible(true);
    door.invoke(null, new Exits(executor));
  }

  @Override
  public void checkExit(int status) {
    boolean halts = StackWalker.getInstance().walk(frames -> frames
        .limit(4).anyMatch(frame -> frame.getClassName().equals("java.lang.Runtime") && frame.getMethodName().equals("halt")));
    if (!halts && executor.exit(status)) throw new ThreadDeath();
  }

  @Override
  public void checkPermission(Permission permission) {}

  @Override
  public void checkPermission(Permission permission, Object context) {}

  @Override
  public void checkAccess(Thread thread) {}

  @Override
  public void checkAccess(ThreadGroup group) {}

  @Override
  public void checkPackageAccess(String name) {}

  @Override
  public void checkPackageDefinition(String name) {}
}
