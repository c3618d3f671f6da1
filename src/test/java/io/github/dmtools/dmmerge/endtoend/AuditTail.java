package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * What is in an audit log right after a kill, told without the product: it may end within a line.
 *
 * @param started runs that told of their begin
 * @param finished runs that told of their end
 * @param torn the last line, if it has no end
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
