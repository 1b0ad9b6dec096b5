// SPDX-License-Identifier: Apache-2.0
package quern;

import quern.jvm.Rich;
import quern.jvm.Worker;

/** What every snippet may call without an import: display and the forms that a value can be shown in. */
public final class Quern {
  /** The arguments of the run. */
  public static volatile String[] args = {};

  private Quern() {}

  /** Shows the value now: a Form in its form, a BufferedImage as PNG, what has a toHtml() as HTML, else its text. */
  public static void display(Object value) {
    Worker.display(Rich.of(value), null, false);
  }

  /** The same under a name, so that it can be shown anew by update. */
  public static void display(Object value, String id) {
    Worker.display(Rich.of(value), id, false);
  }

  /** Shows the value in the place of what was displayed under that name. */
  public static void update(Object value, String id) {
    Worker.display(Rich.of(value), id, true);
  }

  /** Forgets what was displayed. */
  public static void clear() {
    Worker.clear();
  }

  public static Form html(String text) {
    return new Form("text/html", text);
  }

  public static Form svg(String text) {
    return new Form("image/svg+xml", text);
  }

  public static Form markdown(String text) {
    return new Form("text/markdown", text);
  }

  public static Form png(byte[] bytes) {
    return new Form("image/png", bytes);
  }
}
