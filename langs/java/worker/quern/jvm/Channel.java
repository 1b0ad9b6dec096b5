// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The two private descriptors: requests come by 3, replies go by 4. Both are moved away from there at once. */
public final class Channel {
  private final int requests;
  private final int replies;
  private byte[] held = new byte[65536];
  private int from;
  private int to;

  public Channel() {
    requests = Native.copyHigh(3);
    replies = Native.copyHigh(4);
    Native.close(3);
    Native.close(4);
  }

  /** The next request, or null when the daemon is done with this worker. */
  public Frame read() throws IOException {
    String[] words = line();
    if (words == null) return null;
    Frame frame = new Frame(words[0]);
    List<Frame.Part> sizes = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      int colon = words[i].lastIndexOf(':');
      int equals = words[i].indexOf('=');
      if (colon > 0 && words[i].substring(colon + 1).matches("\\d+"))
        sizes.add(new Frame.Part(words[i].substring(0, colon), new byte[Integer.parseInt(words[i].substring(colon + 1))]));
      else if (equals > 0)
        frame.with(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
    for (Frame.Part part : sizes) {
      fill(part.body());
      frame.parts.add(part);
    }
    return frame;
  }

  /** Writes the frame whole, whatever happens to the calling thread. */
  public synchronized void send(Frame frame) {
    byte[] bytes = frame.encoded();
    Native.writeWhole(replies, bytes, bytes.length);
  }

  private String[] line() throws IOException {
    for (int at = from;; at++) {
      if (at == to) {
        int before = at - from;
        if (!more()) return null;
        at = from + before;
      }
      if (held[at] == '\n') {
        String line = new String(held, from, at - from, StandardCharsets.UTF_8);
        from = at + 1;
        return line.split(" ");
      }
    }
  }

  private void fill(byte[] body) throws IOException {
    for (int at = 0; at < body.length;) {
      if (from == to && !more()) throw new IOException("the daemon has closed the requests in the middle of one");
      int count = Math.min(to - from, body.length - at);
      System.arraycopy(held, from, body, at, count);
      from += count;
      at += count;
    }
  }

  private boolean more() throws IOException {
    if (from > 0) {
      System.arraycopy(held, from, held, 0, to - from);
      to -= from;
      from = 0;
    }
    if (to == held.length) held = Arrays.copyOf(held, 2 * held.length);
    for (;;) {
      int got = Native.read(requests, held, to, held.length - to);
      if (got == -Native.EINTR) continue;
      if (got < 0) throw new IOException("the requests cannot be read: errno " + -got);
      to += got;
      return got > 0;
    }
  }
}
