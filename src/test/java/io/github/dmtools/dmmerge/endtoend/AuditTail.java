package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The content of an audit log right after a kill, read without the product. It may end within a
 * line.
 *
 * @param started runs with a first line
 * @param finished runs with a last line
 * @param torn the last line, if it has no line feed
 */
record AuditTail(int started, int finished, byte[] torn) {
  private static final Pattern STARTED = action("run-started");
  private static final Pattern FINISHED = action("run-finished");

  private static Pattern action(String name) {
    return Pattern.compile("\"event\\.action\":\"" + name + "\"[^\n]*\n");
  }

  static AuditTail of(Path log) {
    try {
      byte[] bytes = Files.exists(log) ? Files.readAllBytes(log) : new byte[0];
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      byte[] torn = Arrays.copyOfRange(bytes, text.lastIndexOf('\n') + 1, bytes.length);
      return new AuditTail(count(STARTED, text), count(FINISHED, text), torn);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int count(Pattern pattern, String text) {
    return (int) pattern.matcher(text).results().count();
  }
}
