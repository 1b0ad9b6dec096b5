// SPDX-License-Identifier: Apache-2.0
package quern.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A program with much of the language in it, for a compiler to learn its work by. Run, it prints that program. */
final class Practice {
  private static final String PROGRAM = """
      import java.util.*;
      import java.util.function.Function;
      import java.util.stream.Collectors;

      public class Main {
        sealed interface Shape permits Circle, Square {}
        record Circle(double radius) implements Shape {}
        record Square(double side) implements Shape {}
        enum Colour { RED, GREEN }
        static <T extends Comparable<T>> T most(List<? extends T> items) {
          T best = null;
          for (T item : items) if (best == null || item.compareTo(best) > 0) best = item;
          return best;
        }
        static double area(Shape shape) {
          if (shape instanceof Circle c) return Math.PI * c.radius() * c.radius();
          return shape instanceof Square s ? s.side() * s.side() : 0;
        }
        public static void main(String[] args) throws Exception {
          Map<String, Integer> counts = new TreeMap<>();
          for (String word : "a b a".split(" ")) counts.merge(word, 1, Integer::sum);
          Function<Integer, Integer> twice = n -> 2 * n;
          var text = counts.entrySet().stream().map(e -> e.getKey() + "=" + twice.apply(e.getValue())).collect(Collectors.joining(","));
          try (Scanner in = new Scanner(System.in)) {
            while (in.hasNextInt()) System.out.printf("%d%n", in.nextInt());
          } catch (IllegalStateException | NoSuchElementException e) {
            System.err.println(e.getMessage());
          } finally {
            System.out.println(text + most(List.of(1, 2)) + area(new Square(2)) + Colour.RED);
          }
          int kind = switch (Colour.values()[0]) { case RED -> 1; default -> { yield 2; } };
          new Thread(() -> System.out.println(kind)).start();
          Object o = new Object() { @Override public String toString() { return \"""
              text block\"""; } };
          synchronized (o) { System.out.println(o); }
        }
      }
      """;

  private Practice() {}

  public static void main(String[] arguments) {
    System.out.print(PROGRAM);
  }

  /** Compiles it; what comes of that is thrown away. */
  static void compile() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject source = new SimpleJavaFileObject(URI.create("memory:///Main.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return PROGRAM;
      }
    };
    PrintWriter nobody = new PrintWriter(OutputStream.nullOutputStream());
    try (JavaFileManager files = new Nowhere(compiler.getStandardFileManager(null, null, null))) {
      compiler.getTask(nobody, files, null, List.of("-cp", "/nonexistent"), null, List.of(source)).call();
    }
  }

  private static final class Nowhere extends ForwardingJavaFileManager<JavaFileManager> {
    Nowhere(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('.', '/') + kind.extension), kind) {
        @Override
        public OutputStream openOutputStream() {
          return OutputStream.nullOutputStream();
        }
      };
    }
  }
}
