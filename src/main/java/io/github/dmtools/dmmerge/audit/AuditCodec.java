package io.github.dmtools.dmmerge.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Renders events as members of a JSON object, and parses lines. */
public interface AuditCodec {
  /** Prepares the lines of a run, which have most members in common. */
  Renderer renderer(AuditRun run);

  /**
   * Parses a line.
   *
   * @param bytes contains the line, without its line feed
   * @return null if it is not a log line
   */
  @Nullable AuditLine parse(byte[] bytes, int offset, int length);

  /** Renders the lines of one run. */
  @FunctionalInterface
  interface Renderer {
    /**
     * Appends the members between {@code dm_merge.prev_sha256} and {@code dm_merge.line_sha256},
     * each with a comma before it and without line feeds.
     */
    void render(AuditEvent event, Instant time, LineBuffer out);
  }
}
