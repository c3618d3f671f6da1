package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Validates all entries of a table. */
final class TableScan {
  private final EntryRules rules;
  private final Consumer<Problem> violations;
  private final SliceSums sums = new SliceSums();
  private final AreaReader reader;
  private final ChunkSize chunkSize;
  private final long originBytes;
  private long exceptions;
  private long bytes;
  private long leftovers;
  private long firstLeftover;

  TableScan(BlockDevice store, TableLayout layout, long originBytes, Consumer<Problem> violations) {
    this.rules = new EntryRules(store.path(), layout, store.sizeBytes(), originBytes);
    this.chunkSize = layout.chunkSize();
    this.originBytes = originBytes;
    this.violations = violations;
    this.reader = new AreaReader(store, layout);
  }

  /**
   * Reads the whole table.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code store.truncated}, {@code
   *     device.read}, {@code run.interrupted}, and what {@code violations} throws
   */
  Result run(CancelSignal cancel) {
    boolean ended = false;
    while (!ended || !reader.atEndOfArea()) {
      cancel.throwIfRaised();
      ByteBuffer slice = reader.next();
      sums.add(slice);
      ended = scan(slice, reader.offset(), ended);
    }
    return new Result(exceptions, bytes, reader.areas(), leftovers, firstLeftover, sums);
  }

  /** Number of entries read. */
  long exceptions() {
    return exceptions;
  }

  /** Number of areas read. */
  long areas() {
    return reader.areas();
  }

  private boolean scan(ByteBuffer slice, long offset, boolean endedBefore) {
    boolean ended = endedBefore;
    for (int at = 0; at < slice.limit(); at += TableLayout.ENTRY_BYTES) {
      long oldChunk = slice.getLong(at);
      long newChunk = slice.getLong(at + 8);
      if (ended) {
        countLeftover(oldChunk | newChunk, offset + at);
      } else if (newChunk == 0) {
        ended = true;
        countLeftover(oldChunk, offset + at);
      } else {
        exceptions++;
        Problem violation = rules.violation(oldChunk, newChunk, offset + at);
        if (violation != null) {
          violations.accept(violation);
        } else {
          bytes += chunkSize.clippedBytes(oldChunk, originBytes);
        }
      }
    }
    return ended;
  }

  private void countLeftover(long bits, long offset) {
    if (bits != 0 && leftovers++ == 0) {
      firstLeftover = offset;
    }
  }

  /**
   * The content of a table.
   *
   * @param bytes bytes of the origin that the exceptions cover
   * @param leftovers non-zero entries past the end of the table, in its last area
   * @param firstLeftover byte offset of the first leftover
   */
  record Result(
      long exceptions,
      long bytes,
      long areas,
      long leftovers,
      long firstLeftover,
      SliceSums sums) {}
}
