package io.github.dmtools.dmmerge.json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The schemas of all documents, as packed into the jar. */
public final class Schemas {
  private static final List<String> NAMES =
      List.of("job", "plan", "report", "problem", "check", "audit", "audit-event");

  private Schemas() {}

  /** The kinds of documents that have a schema. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Returns the bytes of a schema.
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
