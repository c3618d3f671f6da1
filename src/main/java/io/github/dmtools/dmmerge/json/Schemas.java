package io.github.dmtools.dmmerge.json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The schemas, which are the contract of every document. They lie in the jar. */
public final class Schemas {
  private static final List<String> NAMES =
      List.of("job", "plan", "report", "problem", "check", "audit", "audit-event");

  private Schemas() {}

  /** The documents that there are schemas of. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The bytes of a schema.
   *
   * @param name one of {@link #names}
   */
  public static byte[] read(String name) {
    String resource = "/io/github/dmtools/dmmerge/schemas/" + name + ".schema.json";
    try (InputStream in = Schemas.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("no schema of " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
