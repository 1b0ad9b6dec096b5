// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The loop of a worker: one request at a time until the daemon is done, by the worker contract. */
public final class Worker {
  /** Makes the language once the streams are the worker's; it gets the executor for the user's code. */
  public interface Maker {
    Language make(Executor executor, Questions questions) throws Exception;
  }

  private static final long LAST_WORDS_MS = Long.getLong("quern.last_words_ms", 1000);
  private static Worker running;

  private final Executor executor = new Executor();
  private final Channel channel;
  private final Streams streams;
  private final Environment environment;
  private final Questions questions;
  private Language language;
  private List<String> arguments = List.of();

  private Worker() throws ReflectiveOperationException {
    Native.prepare();
    Native.hear();
    Thread ear = new Thread(() -> {
      for (;;) {
        Native.awaitInterrupt();
        executor.interrupt();
      }
    }, "interrupts");
    ear.setDaemon(true);
    ear.start();
    channel = new Channel();
    streams = new Streams(executor);
    environment = new Environment();
    questions = new Questions(channel, streams);
    Exits.install(executor);
    System.setProperty("java.util.concurrent.ForkJoinPool.common.threadFactory", Pool.class.getName());
  }

  /** Serves, on a thread with room for compilers that recurse, and leaves. */
  public static void main(Maker maker) {
    Thread thread = new Thread(null, () -> {
      int status = 1;
      try {
        running = new Worker();
        running.language = maker.make(running.executor, running.questions);
        running.serve();
        status = 0;
      } catch (Exception failed) {
        failed.printStackTrace();
      } finally {
        leave(status);
      }
    }, "worker", 256L << 20);
    thread.start();
  }

  public static void display(Rich value, String id, boolean again) {
    Frame frame = value.frame("display");
    if (id != null) frame.with("display", id.replaceAll("[\\s:]", "_"));
    if (again) frame.with("update", 1);
    tell(frame);
  }

  public static void clear() {
    tell(new Frame("clear").with("wait", 0));
  }

  /** Sends it, unless no run is on that it could belong to. */
  private static void tell(Frame frame) {
    if (running == null || !running.executor.isRunning())
      throw new IllegalStateException("nothing can be displayed here, for no snippet runs");
    running.streams.flush();
    running.channel.send(frame);
  }

  private void serve() throws IOException {
    channel.send(new Frame("ready").with("version", language.version()).part("title", language.title()));
    language.warm();
    for (Frame request; (request = channel.read()) != null;) {
      Frame done = new Frame("done");
      try {
        answer(request, done);
      } catch (RuntimeException | StackOverflowError failed) {
        channel.send(new Frame("error").with("kind", "runtime").part("name", failed.getClass().getName())
            .part("message", "the worker failed over the request " + request.kind + ": " + failed));
        done.with("status", "error");
      }
      channel.send(done);
    }
  }

  private void answer(Frame request, Frame done) {
    if (request.kind.equals("run")) {
      run(request, done);
      return;
    }
    String code = request.text("code") == null ? "" : request.text("code");
    int cursor = chars(request);
    switch (request.kind) {
      case "complete" -> {
        Language.Matches found = language.complete(code, cursor);
        StringBuilder items = new StringBuilder();
        for (Language.Match match : found.items()) items.append(match.text()).append('\t').append(match.type()).append('\n');
        channel.send(new Frame("matches").with("start", bytes(code, found.start())).with("end", bytes(code, found.end()))
            .part("items", items.toString()));
      }
      case "inspect" -> {
        String found = language.inspect(code, cursor, request.get("detail", "0").equals("1"));
        if (found != null) channel.send(new Frame("found").part("text/plain", found));
      }
      case "check" -> {
        Language.Check check = language.check(code);
        Frame frame = new Frame("checked").with("state", check.state());
        channel.send(check.indent().isEmpty() ? frame : frame.part("indent", check.indent()));
      }
      default -> throw new IllegalArgumentException("this worker does not know that request");
    }
    done.with("status", "ok");
  }

  private void run(Frame request, Frame done) {
    if (request.bytes("argv") != null) {
      arguments = new ArrayList<>(List.of(request.text("argv").split("\0", -1)));
      arguments.remove(arguments.size() - 1);
    }
    quern.Quern.args = arguments.toArray(new String[0]);
    streams.begin(request.get("merge", "0").equals("1"));
    environment.begin(request.text("traceparent"));
    questions.begin(!request.get("stdin", "ask").equals("none"));
    Language.Ending ending;
    executor.begin();
    try {
      ending = language.run(request.text("code") == null ? "" : request.text("code"), arguments);
      if (!executor.wasInterrupted()) streams.flush();
    } finally {
      executor.end();
      Native.hear();  // a snippet's own holds for that snippet
      if (executor.wasInterrupted() || executor.exitStatus() != null) streams.renew();
      streams.end();
      environment.end();
    }
    conclude(ending, request.get("silent", "0").equals("1"), done);
  }

  private void conclude(Language.Ending ending, boolean silent, Frame done) {
    Integer exit = executor.exitStatus();
    if (exit != null) {
      done.with("status", exit == 0 ? "ok" : "error").with("exit", exit);
    } else if (ending.failure() != null) {
      Failure failure = executor.wasInterrupted() ? Failure.interrupted(ending.failure().traceback()) : ending.failure();
      channel.send(failure.frame());
      done.with("status", executor.wasInterrupted() ? "interrupted" : "error");
    } else {
      if (ending.value() != null && !silent) channel.send(ending.value().frame("result"));
      done.with("status", "ok");
    }
  }

  /** The daemon is done with this worker: the user's shutdown hooks get a moment, threads get none. */
  private static void leave(int status) {
    Thread enough = new Thread(() -> {
      try {
        Thread.sleep(LAST_WORDS_MS);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();  // then at once
      }
      Runtime.getRuntime().halt(status);
    }, "last words");
    enough.setDaemon(true);
    enough.start();
    System.exit(status);
  }

  /** The cursor, which the request counts in bytes, as chars of the code. */
  private static int chars(Frame request) {
    byte[] code = request.bytes("code");
    if (code == null) return 0;
    int cursor = Integer.parseInt(request.get("cursor", String.valueOf(code.length)));
    return new String(code, 0, Math.max(0, Math.min(cursor, code.length)), StandardCharsets.UTF_8).length();
  }

  private static int bytes(String code, int chars) {
    return code.substring(0, chars).getBytes(StandardCharsets.UTF_8).length;
  }
}
