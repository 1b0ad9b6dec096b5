// SPDX-License-Identifier: Apache-2.0
package quern.batch;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * scalac, with a class-data archive:   Compile FOLDER FILE OPTION … -- SOURCE …
 *
 * Compiles into FOLDER and writes the name of the class with the main, that of FILE if there are several, to FOLDER/.main.
 */
public final class Compile {
  private Compile() {}

  public static void main(String[] arguments) throws IOException {
    List<String> words = Arrays.asList(arguments);
    Path folder = Path.of(words.get(0));
    int divider = words.indexOf("--");
    List<String> options = new ArrayList<>(words.subList(2, divider));
    options.addAll(List.of("-d", folder.toString()));
    options.addAll(words.subList(divider + 1, words.size()));
    if (!scala.tools.nsc.Main.process(options.toArray(new String[0]))) System.exit(1);
    Find.note(folder, Find.main(folder, words.get(1), new PrintWriter(System.err, true)));
    System.exit(0);
  }
}
