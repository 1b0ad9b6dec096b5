// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One frame of the worker's protocol: a kind, attributes, and parts in their order. */
public final class Frame {
  /** A name and its bytes. */
  public record Part(String name, byte[] body) {}

  public final String kind;
  public final Map<String, String> attributes = new LinkedHashMap<>();
  public final List<Part> parts = new ArrayList<>();

  public Frame(String kind) {
    this.kind = kind;
  }

  public Frame with(String key, Object value) {
    attributes.put(key, String.valueOf(value));
    return this;
  }

  public Frame part(String name, byte[] body) {
    parts.add(new Part(name, body));
    return this;
  }

  public Frame part(String name, String text) {
    return part(name, text.getBytes(StandardCharsets.UTF_8));
  }

  public String get(String key, String otherwise) {
    return attributes.getOrDefault(key, otherwise);
  }

  /** The bytes of the part, or null. */
  public byte[] bytes(String name) {
    for (Part part : parts)
      if (part.name.equals(name)) return part.body;
    return null;
  }

  public String text(String name) {
    byte[] body = bytes(name);
    return body == null ? null : new String(body, StandardCharsets.UTF_8);
  }

  byte[] encoded() {
    StringBuilder line = new StringBuilder(kind);
    int size = 0;
    for (Map.Entry<String, String> word : attributes.entrySet())
      line.append(' ').append(word.getKey()).append('=').append(word.getValue());
    for (Part part : parts) {
      line.append(' ').append(part.name).append(':').append(part.body.length);
      size += part.body.length;
    }
    byte[] head = line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    byte[] all = java.util.Arrays.copyOf(head, head.length + size);
    int at = head.length;
    for (Part part : parts) {
      System.arraycopy(part.body, 0, all, at, part.body.length);
      at += part.body.length;
    }
    return all;
  }
}
