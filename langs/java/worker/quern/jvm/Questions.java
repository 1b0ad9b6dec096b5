// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

/** Tells that a prompt function of the language is about to read standard input, and that it has. */
public final class Questions {
  private final Channel channel;
  private final Streams streams;
  private boolean allowed;
  private boolean asking;

  Questions(Channel channel, Streams streams) {
    this.channel = channel;
    this.streams = streams;
  }

  void begin(boolean mayAsk) {
    allowed = mayAsk;
  }

  /** From now on each read of standard input for which `isPrompt` holds is told, with the line that was begun. */
  public void tellWhen(java.util.function.BooleanSupplier isPrompt) {
    streams.input.before = () -> {
      asking = isPrompt.getAsBoolean();
      if (!asking) return;
      if (!allowed) {
        asking = false;
        throw new IllegalStateException("this run has no input: it was started with stdin \"none\", so nobody can be asked");
      }
      streams.flush();
      channel.send(new Frame("prompt").with("password", 0).part("prompt", streams.lastLine()));
    };
    streams.input.after = () -> {
      if (asking) channel.send(new Frame("taken"));
      streams.forgetLine();  // the answer has ended it
      asking = false;
    };
  }
}
