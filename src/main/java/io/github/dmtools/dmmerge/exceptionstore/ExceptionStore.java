package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store with a valid header and a valid table. */
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
   * Reads and validates the header and the whole table.
   *
   * @param origin the device that the table must fit; null if unknown
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

  /** The device with the store. */
  public BlockDevice device() {
    return device;
  }

  /** The chunk size in the header. */
  public ChunkSize chunkSize() {
    return layout.chunkSize();
  }

  /** Size of the origin in bytes; {@link Long#MAX_VALUE} if unknown. */
  public long originBytes() {
    return originBytes;
  }

  /** Number of entries in the table. */
  public long exceptions() {
    return table.exceptions();
  }

  /** Bytes of the origin that the exceptions cover, with the last chunk clipped. */
  public long bytes() {
    return table.bytes();
  }

  /** Number of areas, including the one with the end of the table. */
  public long areas() {
    return table.areas();
  }

  /** A warning if there are entries past the end of the table, which a torn write leaves. */
  public Optional<Warning> leftovers() {
    return StoreCheck.leftovers(device, table).map(finding -> finding.asWarning(device.path()));
  }

  /** A cursor before the first entry. */
  public TableCursor entries() {
    return new TableCursor(device, layout, table.sums(), table.exceptions());
  }
}
