package io.github.dmtools.dmmerge.proof;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.approval.CheckedPlan;
import io.github.dmtools.dmmerge.approval.Target;
import io.github.dmtools.dmmerge.copy.Extent;
import io.github.dmtools.dmmerge.plan.ChunkState;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A plan to be proved. Its pending chunks are loaded in bands of the origin that fit in memory;
 * most plans have one band. The file is read again for every band.
 */
final class ProofPlan {
  /** The most pending chunks of a band: 80 MiB at most, including margins and growth. */
  static final int MAX_CHUNKS = 1 << 18;

  private static final int BUCKETS = 1 << 16;

  /** A range of the origin in chunks; {@code to} is exclusive. */
  record Range(long from, long to) {
    boolean has(long chunk) {
      return chunk >= from && chunk < to;
    }
  }

  /** Takes the pending chunks of the plan. */
  @FunctionalInterface
  private interface PendingSink {
    void accept(PlannedChunk exception);
  }

  private final ApprovedPlan.Source source;
  private final String path;
  private final int maxChunks;
  private final CheckedPlan.Checked checked;
  private final Instant createdAt;
  private @Nullable ProofBand singleBand = new ProofBand();
  private long pending;
  private long bytes;
  private long lastChunk;

  private ProofPlan(ApprovedPlan.Source source, String path, int maxChunks) {
    this.source = source;
    this.path = path;
    this.maxChunks = maxChunks;
    this.checked = pass(this::first);
    if (checked.output() == null) {
      throw noProof("has no digests of the origin");
    }
    if (chunkBytes() > Extent.MAX_BYTES) {
      throw noProof("has chunks of " + chunkBytes() + " bytes");
    }
    this.createdAt = time(checked.createdAt());
  }

  private Instant time(@Nullable String text) {
    try {
      return Instant.parse(text == null ? "" : text);
    } catch (DateTimeParseException e) {
      throw broken("has no valid created_at");
    }
  }

  /**
   * Reads the plan once.
   *
   * @param maxChunks the most pending chunks of a band
   * @throws ProblemException {@code path.*}, {@code plan.syntax}; {@code audit.no_proof} if the
   *     plan has no digests of the origin, or chunks that are too large for chunk digests in a log
   */
  static ProofPlan read(ApprovedPlan.Source source, String path, int maxChunks) {
    return new ProofPlan(source, path, maxChunks);
  }

  private void first(PlannedChunk exception) {
    pending++;
    lastChunk = Math.max(lastChunk, exception.oldChunk());
    if (singleBand != null && singleBand.size() == maxChunks) {
      singleBand = null;
    }
    if (singleBand != null) {
      add(singleBand, exception);
    }
  }

  /** Reads the whole plan. */
  private CheckedPlan.Checked pass(PendingSink sink) {
    try (ApprovedPlan file = source.open(path)) {
      CheckedPlan plan = new CheckedPlan(path, file);
      long all = 0;
      for (PlannedChunk next = plan.next(); next != null; next = plan.next()) {
        all += next.bytes();
        if (next.state() == ChunkState.PENDING) {
          sink.accept(next);
        }
      }
      bytes = all;
      return plan.finish();
    }
  }

  private void readAgain(PendingSink sink) {
    if (!pass(sink).equals(checked)) {
      throw broken("was changed while it was read");
    }
  }

  private void add(ProofBand band, PlannedChunk exception) {
    boolean added =
        band.add(
            exception.oldChunk(),
            String.valueOf(exception.originSha256()),
            String.valueOf(exception.sourceSha256()));
    if (!added) {
      throw broken("names old_chunk " + exception.oldChunk() + " twice");
    }
  }

  /** The ranges of the origin to be proved, in ascending order. */
  List<Range> ranges() {
    List<Range> ranges = new ArrayList<>();
    if (singleBand == null) {
      split(new Range(0, lastChunk + 1), ranges);
    } else {
      ranges.add(new Range(0, Long.MAX_VALUE));
    }
    return ranges;
  }

  private void split(Range range, List<Range> ranges) {
    long width = (range.to() - range.from() - 1) / BUCKETS + 1;
    int[] counts = new int[BUCKETS];
    readAgain(
        exception -> {
          if (range.has(exception.oldChunk())) {
            counts[(int) ((exception.oldChunk() - range.from()) / width)]++;
          }
        });
    long from = range.from();
    long held = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      long start = range.from() + bucket * width;
      if (held > 0 && held + counts[bucket] > maxChunks) {
        ranges.add(new Range(from, start));
        from = start;
        held = 0;
      }
      held += counts[bucket];
      if (held > maxChunks && width > 1) {
        split(new Range(start, Math.min(start + width, range.to())), ranges);
        from = start + width;
        held = 0;
      }
    }
    if (held > 0) {
      ranges.add(new Range(from, range.to()));
    }
  }

  /**
   * Loads a range with a margin of the longest extent on both sides, since an extent may cross its
   * limits.
   */
  ProofBand load(Range range) {
    if (singleBand != null) {
      return singleBand;
    }
    long margin = Extent.MAX_BYTES / chunkBytes();
    Range wide = new Range(range.from() - margin, range.to() + margin);
    ProofBand band = new ProofBand();
    readAgain(
        exception -> {
          if (wide.has(exception.oldChunk())) {
            add(band, exception);
          }
        });
    return band;
  }

  String path() {
    return path;
  }

  String planSha256() {
    return checked.planSha256();
  }

  /** The time when the plan was created. Earlier runs do not count. */
  Instant createdAt() {
    return createdAt;
  }

  /** The plan's approval; null if it has none. */
  @Nullable String approvalSha256() {
    return checked.approvalSha256();
  }

  /** The plan's store. */
  Target store() {
    return checked.input();
  }

  /** The plan's origin. */
  Target origin() {
    return Objects.requireNonNull(checked.output());
  }

  long chunkBytes() {
    return checked.chunkSize().bytes();
  }

  /** Number of pending chunks. */
  long pending() {
    return pending;
  }

  /** Bytes of all exceptions, pending or not. */
  long bytes() {
    return bytes;
  }

  private ProblemException noProof(String why) {
    return new ProblemException(
        Problem.at(
            ProblemCode.AUDIT_NO_PROOF, path, "no log can prove the plan " + path + ": it " + why));
  }

  private ProblemException broken(String what) {
    return new ProblemException(
        Problem.at(ProblemCode.PLAN_SYNTAX, path, "the plan " + path + " " + what));
  }
}
