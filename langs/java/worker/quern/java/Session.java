// SPDX-License-Identifier: Apache-2.0
package quern.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import quern.jvm.Executor;
import quern.jvm.Failure;
import quern.jvm.Language;

/** Java: a JShell whose snippets run here. Cuts a cell into snippets, runs them, and runs whole programs as such. */
final class Session implements Language {
  private static final List<String> IMPORTS = List.of("java.io.*", "java.math.*", "java.net.*", "java.nio.file.*", "java.util.*",
      "java.util.concurrent.*", "java.util.function.*", "java.util.regex.*", "java.util.stream.*", "static quern.Quern.*");

  private final Executor executor;
  private final Engine engine;
  private final JShell shell;
  private final SourceCodeAnalysis analysis;
  private final Failures failures = new Failures();
  private final Asked asked;
  private String nextId;
  private int count;

  Session(Executor executor) {
    this.executor = executor;
    Loader loader = new Loader();
    executor.loader(loader.loader());
    engine = new Engine(executor, loader);
    ExecutionControlProvider provider = new ExecutionControlProvider() {
      @Override
      public String name() {
        return "quern";
      }

      @Override
      public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
        return engine;
      }
    };
    shell = JShell.builder().executionEngine(provider, new HashMap<>()).idGenerator((snippet, number) -> id(number)).build();
    analysis = shell.sourceCodeAnalysis();
    asked = new Asked(shell, analysis);
  }

  /** Imports what snippets find without an import of their own. */
  @Override
  public void warm() {
    Cell none = new Cell(0, "");
    for (String name : IMPORTS) eval("import " + name + ";", none, 1, "import." + name);
    String path = System.getenv("CLASSPATH");
    if (path != null && !path.isEmpty()) shell.addToClasspath(path);
  }

  @Override
  public String version() {
    return System.getProperty("java.version");
  }

  @Override
  public String title() {
    return "Java " + version();
  }

  @Override
  public Ending run(String code, List<String> arguments) {
    Cell cell = new Cell(++count, Programs.withoutPackage(code));
    List<Parts.Part> parts = Parts.of(cell.code, analysis);
    if (parts.size() > 1) parts = Parts.parsed(cell.code, analysis);  // a single one that is refused runs nothing anyway
    if (!parts.isEmpty() && !parts.get(parts.size() - 1).isWhole())
      return new Ending(unparsed(cell, parts.get(parts.size() - 1)), null);
    List<Snippet> made = new ArrayList<>();
    quern.jvm.Rich value = null;
    for (int i = 0; i < parts.size(); i++) {
      Parts.Part part = parts.get(i);
      boolean last = i == parts.size() - 1;
      engine.expect(last && !part.isClosed());
      for (SnippetEvent event : eval(part.text(), cell, cell.line(part.start()), count + "." + i)) {
        Failure failure = failure(cell, part, event);
        if (failure != null) {
          Failure before = failure.compile() ? unfinished(cell, parts, made) : null;  // it is what this one lacks
          return new Ending(before == null ? failure : before, null);
        }
        if (event.causeSnippet() == null) made.add(event.snippet());
        if (event.causeSnippet() == null && isExpression(event.snippet())) value = engine.shown();
      }
      if (engine.wasStopped() || executor.wasInterrupted()) return new Ending(Failures.stopped(), null);
      if (!last) value = null;
    }
    Failure failure = unfinished(cell, parts, made);
    if (failure != null) return new Ending(failure, null);
    String program = Programs.main(made);
    return program == null ? new Ending(null, value) : new Ending(main(cell, program), null);
  }

  /** Runs the main of a class that a whole program has. */
  private Failure main(Cell cell, String program) {
    engine.expect(false);
    Parts.Part call = new Parts.Part(program + ".main(quern.Quern.args);", 0, null, null);
    for (SnippetEvent event : eval(call.text(), new Cell(0, ""), 1, count + ".main")) {
      Failure failure = failure(cell, call, event);
      if (failure != null) return failure;
    }
    return engine.wasStopped() ? Failures.stopped() : null;
  }

  private List<SnippetEvent> eval(String text, Cell cell, int line, String id) {
    nextId = id;
    List<SnippetEvent> events = shell.eval(text);
    for (SnippetEvent event : events)
      if (event.causeSnippet() == null) failures.place(event.snippet().id(), cell, line);
    return events;
  }

  /** JShell asks for one for each snippet; the first is the one that was sent. */
  private String id(int number) {
    String id = nextId == null ? "x" + number : nextId;
    nextId = null;
    return id;
  }

  private Failure failure(Cell cell, Parts.Part part, SnippetEvent event) {
    if (engine.wasStopped()) return Failures.stopped();
    if (event.exception() != null) return failures.runtime(cell, event.exception(), unresolved(event.exception()));
    if (event.causeSnippet() == null && event.status() == Status.REJECTED)
      return failures.compile(cell, part.start(), shell.diagnostics(event.snippet()).toList());
    return null;
  }

  private String unresolved(Exception thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause())
      if (at instanceof UnresolvedReferenceException reference) return says(reference.getSnippet());
    return null;
  }

  private String says(DeclarationSnippet snippet) {
    List<String> names = shell.unresolvedDependencies(snippet).toList();
    if (names.isEmpty())
      return snippet.name() + " cannot be used: " + shell.diagnostics(snippet).map(d -> d.getMessage(null)).collect(Collectors.joining("; "));
    return snippet.name() + " cannot be used before " + String.join(", ", names) + (names.size() == 1 ? " is" : " are") + " declared";
  }

  /** What JShell finds wrong with a part that does not parse. */
  private Failure unparsed(Cell cell, Parts.Part part) {
    if (part.fault() != null)
      return failures.compile(cell, part.start() + part.text().length(), part.fault());
    List<Diag> found = new ArrayList<>();
    engine.refuse(true);
    for (SnippetEvent event : eval(part.text(), cell, cell.line(part.start()), count + ".x"))
      shell.diagnostics(event.snippet()).forEach(found::add);
    engine.refuse(false);
    return failures.compile(cell, part.start(), found);
  }

  /** Types and variables that nothing can be made of yet; a method may wait for what it calls, as in JShell. */
  private Failure unfinished(Cell cell, List<Parts.Part> parts, List<Snippet> made) {
    boolean program = Programs.main(made) != null;
    for (int i = 0; i < made.size(); i++) {
      Snippet snippet = made.get(i);
      Status status = shell.status(snippet);
      boolean open = status == Status.RECOVERABLE_NOT_DEFINED || program && status == Status.RECOVERABLE_DEFINED;
      if (!open || !(snippet instanceof DeclarationSnippet declaration)) continue;
      int start = i < parts.size() ? parts.get(i).start() : 0;
      return failures.unresolved(cell, start, declaration.name(), shell.unresolvedDependencies(declaration).toList(),
          shell.diagnostics(snippet).toList());
    }
    return null;
  }

  private static boolean isExpression(Snippet snippet) {
    return snippet instanceof ExpressionSnippet || snippet.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
  }

  @Override
  public Matches complete(String code, int cursor) {
    return asked.complete(code, cursor);
  }

  @Override
  public String inspect(String code, int cursor, boolean detail) {
    return asked.inspect(code, cursor, detail);
  }

  @Override
  public Check check(String code) {
    return asked.check(code);
  }
}
