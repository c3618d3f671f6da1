package io.github.dmtools.dmmerge.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Turns events into the members of a JSON object, and lines into events. */
public interface AuditCodec {
  /** Prepares the lines of a run, of which most is the same. */
  Renderer renderer(AuditRun run);

  /**
   * Understands a line.
   *
   * @param bytes holds the line, without its line feed
   * @return null if it is not a line of a log
   */
  @Nullable AuditLine parse(byte[] bytes, int offset, int length);

  /** Renders the lines of one run. */
  @FunctionalInterface
  interface Renderer {
    /**
     * Appends the members between {@code dm_merge.prev_sha256} and {@code dm_merge.line_sha256}:
     * each begins with a comma, and there is no line feed in them.
     */
    void render(AuditEvent event, Instant time, LineBuffer out);
  }
}
