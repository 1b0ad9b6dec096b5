// SPDX-License-Identifier: Apache-2.0
package quern.batch;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import quern.jvm.Channel;
import quern.jvm.Frame;

/**
 * javac that is kept between builds, as a builder by the worker contract. It only does what leaves nothing to say: whatever
 * is unusual in a request, and whatever javac has a word for, is left to the ordinary build, of which it is the same code
 * with the same options. Nothing but the JVM itself outlives a build.
 */
public final class Builder {
  /** More would take longer than anybody waits for it; and the heap is bounded. */
  private static final int MOST_SOURCES = 64;
  private static final long MOST_BYTES = 256 << 10;
  /** The rules' words: sh run.sh build FILE SOURCE …, and sh run.sh run FILE SOURCE … -- ARG …. */
  private static final int STEP = 2;
  private static final int MAIN_FILE = 3;
  private static final int SOURCES = 4;

  private final Path jdk = Path.of(System.getProperty("java.home"), "release");
  private final Object installed = state(jdk);

  private Builder() throws IOException {}

  public static void main(String[] arguments) throws IOException {
    if (Surroundings.speakToEveryJvm()) return;
    Channel channel = new Channel();
    Builder builder = new Builder();
    Practice.compile();
    channel.send(new Frame("ready").with("version", System.getProperty("java.version")));
    for (Frame request; (request = channel.read()) != null;) {
      if (request.kind.equals("build") && builder.builds(request)) channel.send(new Frame("built"));
      channel.send(new Frame("done").with("status", "ok"));
    }
  }

  private boolean builds(Frame request) {
    List<String> words = words(request, "argv");
    int end = words.indexOf("--") < 0 ? words.size() : words.indexOf("--");
    if (end <= SOURCES || Surroundings.differ(words(request, "names"))) return false;
    try {
      Path here = Path.of(request.text("cwd"));
      List<String> sources = words.subList(SOURCES, end);
      boolean again = words.get(STEP).equals("run") && isFresh(here, sources);
      return !again && build(here, words.get(MAIN_FILE), sources);
    } catch (IOException | RuntimeException | StackOverflowError unusual) {
      return false;  // the ordinary build tells what is the matter
    }
  }

  private boolean build(Path here, String mainFile, List<String> names) throws IOException {
    if (!state(jdk).equals(installed) || !isPlain(here) || names.size() > MOST_SOURCES) return false;
    List<String> sources = new ArrayList<>();
    long bytes = 0;
    for (String name : names) {
      Path source = here.resolve(name);
      if (name.startsWith("@") || source.endsWith("module-info.java")) return false;
      bytes += Files.size(source);
      sources.add(source.toString());
    }
    Path folder = here.resolve(".classes");
    if (bytes > MOST_BYTES || !removed(folder)) return false;
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said, true);
    if (new Javac(folder, out).compile(List.of("-encoding", "UTF-8", "-cp", here.toString()), sources) != 0) return false;
    String main = Find.main(folder, mainFile, out);
    if (!said.getBuffer().isEmpty()) return false;
    Find.note(folder, main);
    return true;
  }

  /** Whether there are classes of these sources, it seems: a run looks closer, and may have no need of new ones. */
  private static boolean isFresh(Path here, List<String> sources) throws IOException {
    Path made = here.resolve(".classes/.main");
    if (!Files.exists(made)) return false;
    for (String source : sources)
      if (Files.getLastModifiedTime(here.resolve(source)).compareTo(Files.getLastModifiedTime(made)) > 0) return false;
    return true;
  }

  /** A class path by itself, with nothing on it that would take part in a compilation. */
  private static boolean isPlain(Path here) {
    String text = here.toString();
    return here.isAbsolute() && text.indexOf(':') < 0 && text.indexOf('*') < 0
        && !Files.exists(here.resolve("META-INF"), LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether it is not there any more; anything but a folder is left alone. */
  private static boolean removed(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) return true;
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return false;
    Files.walkFileTree(folder, new SimpleFileVisitor<Path>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.delete(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path dir, IOException failed) throws IOException {
        if (failed != null) throw failed;
        Files.delete(dir);
        return FileVisitResult.CONTINUE;
      }
    });
    return true;
  }

  /** Which JDK is installed there: one that was updated builds no more with what this JVM has of the old one. */
  private static Object state(Path file) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    return List.of(String.valueOf(now.fileKey()), now.lastModifiedTime(), now.size());
  }

  private static List<String> words(Frame request, String part) {
    String text = request.text(part);
    return text == null || text.isEmpty() ? List.of() : List.of(text.split("\0"));
  }
}
