package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store whose header and whole table obey every rule of the format. */
public final class ExceptionStore {
  private final BlockDevice device;
  private final TableLayout layout;
  private final long originBytes;
  private final TableScan.Result table;

  private ExceptionStore(
      BlockDevice device, TableLayout layout, long originBytes, TableScan.Result table) {
    this.device = device;
    this.layout = layout;
    this.originBytes = originBytes;
    this.table = table;
  }

  /**
   * Reads the header and the whole table, and refuses what breaks a rule.
   *
   * @param origin the device that the table must fit; null if it is not known
   * @throws ProblemException {@code store.*}, {@code device.read}, {@code run.interrupted}
   */
  public static ExceptionStore read(
      BlockDevice device, @Nullable BlockDevice origin, CancelSignal cancel) {
    StoreHeader header = StoreHeader.read(device);
    long originBytes = Long.MAX_VALUE;
    if (origin != null) {
      StoreHeader.requireMultiple(device, header.chunkSize(), origin);
      originBytes = origin.sizeBytes();
    }
    TableLayout layout = new TableLayout(header.chunkSize());
    TableScan scan =
        new TableScan(
            device,
            layout,
            originBytes,
            violation -> {
              throw new ProblemException(violation);
            });
    return new ExceptionStore(device, layout, originBytes, scan.run(cancel));
  }

  /** The device that holds it. */
  public BlockDevice device() {
    return device;
  }

  public ChunkSize chunkSize() {
    return layout.chunkSize();
  }

  /** Size of the origin that the table was checked against; without one, nothing is clipped. */
  public long originBytes() {
    return originBytes;
  }

  /** Entries of the table. */
  public long exceptions() {
    return table.exceptions();
  }

  /** Bytes that all exceptions cover in the origin, the last chunk clipped. */
  public long bytes() {
    return table.bytes();
  }

  /** Areas that the table uses, the one with its end included. */
  public long areas() {
    return table.areas();
  }

  /** What is no error and yet worth knowing: entries past the end, which a torn write leaves. */
  public Optional<Warning> leftovers() {
    return StoreCheck.leftovers(device, table).map(finding -> finding.asWarning(device.path()));
  }

  /** The entries, from the first on. */
  public TableCursor entries() {
    return new TableCursor(device, layout, table.sums(), table.exceptions());
  }
}
