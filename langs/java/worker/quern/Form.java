// SPDX-License-Identifier: Apache-2.0
package quern;

import java.nio.charset.StandardCharsets;

/** Something to be shown in another form than text. */
public record Form(String mime, byte[] body, String plain) {
  public Form {
    if (mime == null || !mime.matches("[^\\s/]+/[^\\s/=]+"))
      throw new IllegalArgumentException("a form is named like text/html, not \"" + mime + "\"");
  }

  public Form(String mime, String text) {
    this(mime, text.getBytes(StandardCharsets.UTF_8), text);
  }

  public Form(String mime, byte[] body) {
    this(mime, body, "<" + mime + ", " + body.length + " bytes>");
  }

  @Override
  public String toString() {
    return plain;
  }
}
