// SPDX-License-Identifier: Apache-2.0
package quern.java;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.HashMap;
import java.util.Map;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl.ClassBytecodes;
import jdk.jshell.spi.ExecutionControl.ClassInstallException;
import jdk.jshell.spi.ExecutionControl.EngineTerminationException;
import jdk.jshell.spi.ExecutionControl.InternalException;

/** Makes classes of what JShell has compiled, and finds those of the context's class path. */
final class Loader implements LoaderDelegate {
  private static final class Classes extends URLClassLoader {
    private final Map<String, byte[]> compiled = new HashMap<>();

    Classes() {
      super(new URL[0]);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      byte[] bytes = compiled.get(name);
      return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    public void addURL(URL place) {
      super.addURL(place);
    }
  }

  private final Classes classes = new Classes();

  ClassLoader loader() {
    return classes;
  }

  @Override
  public void load(ClassBytecodes[] given) throws ClassInstallException {
    for (ClassBytecodes one : given) classes.compiled.put(one.name(), one.bytecodes());
    boolean[] installed = new boolean[given.length];
    for (int i = 0; i < given.length; i++) {
      try {
        Class.forName(given[i].name(), false, classes);
        installed[i] = true;
      } catch (ClassNotFoundException | LinkageError failed) {
        throw new ClassInstallException("the class " + given[i].name() + " cannot be loaded: " + failed, installed);
      }
    }
  }

  @Override
  public void classesRedefined(ClassBytecodes[] given) {
    for (ClassBytecodes one : given) classes.compiled.put(one.name(), one.bytecodes());
  }

  @Override
  public void addToClasspath(String path) throws EngineTerminationException, InternalException {
    try {
      for (String place : path.split(File.pathSeparator)) classes.addURL(new File(place).toURI().toURL());
    } catch (MalformedURLException failed) {
      throw new InternalException(failed.toString());
    }
  }

  @Override
  public Class<?> findClass(String name) throws ClassNotFoundException {
    return Class.forName(name, false, classes);
  }
}
