// SPDX-License-Identifier: Apache-2.0
package quern.batch;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * javac, with a class-data archive and in this JVM:   Compile FOLDER FILE OPTION … -- SOURCE …
 *
 * Compiles into FOLDER and writes the name of the class with the main, that of FILE if there are several, to FOLDER/.main.
 */
public final class Compile {
  private Compile() {}

  public static void main(String[] arguments) throws IOException {
    List<String> words = Arrays.asList(arguments);
    int divider = words.indexOf("--");
    Path folder = Path.of(words.get(0));
    PrintWriter out = new PrintWriter(System.err, true);
    int status = new Javac(folder, out).compile(words.subList(2, divider), words.subList(divider + 1, words.size()));
    if (status == 0) Find.note(folder, Find.main(folder, words.get(1), out));
    System.exit(status);
  }
}
