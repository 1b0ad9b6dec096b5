// SPDX-License-Identifier: Apache-2.0
package quern.batch;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the class that a program begins with:   Find FILE DIR …   prints the folder of its package's root and its name. */
public final class Find {
  private Find() {}

  public static void main(String[] arguments) throws IOException {
    List<Path> roots = Stream.of(arguments).skip(1).map(Path::of).filter(Files::isDirectory).toList();
    List<Path> files = new ArrayList<>();
    for (Path root : roots) files.addAll(classes(root));
    List<ClassFile> programs = new ArrayList<>();
    List<Path> places = new ArrayList<>();
    for (Path file : files) {
      ClassFile read = ClassFile.read(Files.readAllBytes(file));
      if (!read.isProgram() || programs.contains(read)) continue;
      programs.add(read);
      places.add(root(file, read.name()));
    }
    ClassFile chosen = choose(programs, arguments[0], new PrintWriter(System.err, true));
    if (chosen == null) System.exit(1);
    System.out.println(places.get(programs.indexOf(chosen)) + "\n" + chosen.name());
  }

  /** The name of the class in the folder that a program begins with, or nothing. */
  static String main(Path folder, String mainFile, PrintWriter out) throws IOException {
    List<ClassFile> programs = new ArrayList<>();
    for (Path file : classes(folder)) {
      ClassFile read = ClassFile.read(Files.readAllBytes(file));
      if (read.isProgram()) programs.add(read);
    }
    ClassFile chosen = programs.isEmpty() ? null : choose(programs, mainFile, out);
    return chosen == null ? "" : chosen.name();
  }

  /** Puts it where the program is started from; by that, the classes are those of their sources. */
  static void note(Path folder, String main) throws IOException {
    Files.writeString(folder.resolve(".main"), main + "\n");
  }

  private static List<Path> classes(Path root) throws IOException {
    try (Stream<Path> found = Files.walk(root)) {
      return found.filter(file -> file.toString().endsWith(".class")).sorted().collect(Collectors.toList());
    }
  }

  /** The one of the main file; else the only one; else one called Main or App. Says why when there is none. */
  private static ClassFile choose(List<ClassFile> programs, String mainFile, PrintWriter out) {
    String file = Path.of(mainFile).getFileName().toString();
    for (ClassFile program : programs) if ((simple(program) + ".java").equals(file)) return program;
    for (ClassFile program : programs) if (file.equals(program.source())) return program;
    if (programs.size() == 1) return programs.get(0);
    for (String usual : List.of("Main", "App"))
      for (ClassFile program : programs) if (simple(program).equals(usual)) return program;
    out.println(programs.isEmpty()
        ? "No class has a `public static void main(String[] args)`, so there is nothing to run."
        : "Several classes have a main, " + programs.stream().map(ClassFile::name).collect(Collectors.joining(", "))
            + ": say with the request's main file which is meant.");
    return null;
  }

  private static String simple(ClassFile program) {
    return program.name().substring(program.name().lastIndexOf('.') + 1);
  }

  private static Path root(Path file, String name) {
    Path at = file.toAbsolutePath().getParent();
    for (int dots = name.length() - name.replace(".", "").length(); dots > 0; dots--) at = at.getParent();
    return at;
  }
}
