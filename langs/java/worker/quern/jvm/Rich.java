// SPDX-License-Identifier: Apache-2.0
package quern.jvm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A value in its forms, the first of which is always text/plain. Asks the value itself, so only on the user's thread. */
public final class Rich {
  private final Map<String, byte[]> forms = new LinkedHashMap<>();

  public Rich(String plain) {
    with("text/plain", plain);
  }

  public Rich with(String mime, String text) {
    return with(mime, text.getBytes(StandardCharsets.UTF_8));
  }

  public Rich with(String mime, byte[] body) {
    forms.put(mime, body);
    return this;
  }

  /** The forms of a value, whose plain one is given. */
  public static Rich of(Object value, String plain) {
    Rich rich = new Rich(plain);
    if (value == null) return rich;
    if (value instanceof quern.Form form) rich.with(form.mime(), form.body());
    else if (value.getClass().getName().equals("java.awt.image.BufferedImage")) rich.with("image/png", png(value));
    else if (called(value, "toHtml") instanceof String html) rich.with("text/html", html);
    return rich;
  }

  public static Rich of(Object value) {
    return of(value, String.valueOf(value));
  }

  Frame frame(String kind) {
    Frame frame = new Frame(kind);
    forms.forEach(frame::part);
    return frame;
  }

  /** What the value's method without arguments gives, or null when it has none that is public. */
  private static Object called(Object value, String name) {
    try {
      Method method = value.getClass().getMethod(name);
      method.setAccessible(true);
      return method.invoke(value);
    } catch (NoSuchMethodException none) {
      return null;
    } catch (ReflectiveOperationException | RuntimeException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      if (cause instanceof ThreadDeath death) throw death;
      System.err.println(value.getClass().getName() + "." + name + " failed: " + cause);
      return null;
    }
  }

  /** By reflection: of the programs that run here, few need the module of pictures. */
  private static byte[] png(Object image) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Class<?> kind = Class.forName("java.awt.image.RenderedImage");
      Class.forName("javax.imageio.ImageIO").getMethod("write", kind, String.class, java.io.OutputStream.class)
          .invoke(null, image, "png", bytes);
      return bytes.toByteArray();
    } catch (ReflectiveOperationException failed) {
      throw new IllegalStateException("the picture cannot be turned into a PNG", failed);
    }
  }
}
