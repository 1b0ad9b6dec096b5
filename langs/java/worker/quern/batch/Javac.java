// SPDX-License-Identifier: Apache-2.0
package quern.batch;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ForwardingJavaFileObject;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * javac as batch runs use it, whoever asks: compiles into a folder.
 *
 * Several sources go the way of the program javac. A single one is taken as `java FILE` takes it: its public class may
 * have another name than the file.
 */
record Javac(Path folder, PrintWriter out) {
  /** javac's exit status. What it has to say goes to `out`. */
  int compile(List<String> options, List<String> sources) throws IOException {
    Files.createDirectories(folder);
    List<String> words = new ArrayList<>(options);
    words.add("-d");
    words.add(folder.toString());
    return sources.size() == 1 ? single(sources.get(0), words) : several(sources, words);
  }

  private int several(List<String> sources, List<String> words) {
    words.addAll(sources);
    return com.sun.tools.javac.Main.compile(words.toArray(new String[0]), out);
  }

  private int single(String source, List<String> words) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavaFileObject file = new ForwardingJavaFileObject<JavaFileObject>(files.getJavaFileObjects(source).iterator().next()) {
        @Override
        public boolean isNameCompatible(String name, Kind kind) {
          return kind == Kind.SOURCE;
        }
      };
      return compiler.getTask(out, files, null, words, null, List.of(file)).call() ? 0 : 1;
    }
  }
}
