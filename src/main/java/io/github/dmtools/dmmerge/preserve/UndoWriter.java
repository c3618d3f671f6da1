package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.chunk.ChunkSet;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.digest.SectorSums;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreHeader;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;

/**
 * Writes an undo store in the order in which the kernel fills a store ({@code
 * persistent_commit_exception} in {@code dm-snap-persistent.c}): the n-th entry uses the n-th data
 * chunk of {@link UndoLayout}, so writes are sequential. Data and sums are durable before an entry
 * refers to them.
 *
 * <p>The store is valid after a crash at any point: it holds all entries of every {@link #commit}
 * that returned, and perhaps some of the next one, each with its data. To add a chunk, {@link
 * #begin} it, {@link #append} its data and its {@link #appendSums sums}, and {@link #end} it; a
 * chunk that is not ended is discarded. After a {@link ProblemException} nothing more may be
 * committed. Not thread-safe.
 */
public final class UndoWriter {
  private static final int STAGING_BYTES = 4 << 20;
  private static final int SUMS_BYTES = 64 * 1024;

  private final BlockDevice device;
  private final UndoLayout layout;
  private final UndoTable table;
  private final ChunkSet saved = new ChunkSet();
  private final StagedWrites data;
  private final StagedWrites sums;
  private UndoHeader header;
  private boolean begun;
  private long currentChunk;
  private long currentBytes;
  private long currentSumBytes;

  private UndoWriter(BlockDevice device, ChunkSize chunkSize, UndoHeader header) {
    this.device = device;
    this.layout = UndoLayout.of(chunkSize, header);
    this.table = new UndoTable(device, layout);
    this.data = new StagedWrites(device, STAGING_BYTES);
    this.sums = new StagedWrites(device, SUMS_BYTES);
    this.header = header;
  }

  /**
   * Size in bytes of a new store with this many entries: the header, the areas, the sums and the
   * data. A full area is followed by an empty one.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public static long bytesFor(ChunkSize chunkSize, long entries) {
    return UndoLayout.withSums(chunkSize).bytesFor(entries);
  }

  /**
   * Durably creates a store without entries.
   *
   * @param device at least as large as {@link #bytesFor} no entries
   * @throws ProblemException {@code device.write}, {@code device.barrier}
   */
  public static UndoWriter create(BlockDevice device, ChunkSize chunkSize, UndoHeader header) {
    UndoWriter writer = new UndoWriter(device, chunkSize, header);
    // A single write turns the first sector of a new file into that of a store.
    writer.table.zero(ChunkSize.SECTOR_BYTES, bytesFor(chunkSize, 0));
    writer.writeFirstSector();
    device.barrier();
    return writer;
  }

  /**
   * Continues a store from another writer, whether that writer finished or was interrupted.
   *
   * @param device open for reading and writing, and locked
   * @param origin the origin of the saved chunks
   * @throws ProblemException {@code store.*} if it is malformed, {@code undo.not_ours} if dm-merge
   *     did not write it, {@code device.*}, {@code run.interrupted}
   */
  public static UndoWriter resume(BlockDevice device, BlockDevice origin, CancelSignal cancel) {
    // Entries that are only in the page cache would count as saved, but be lost in a power cut.
    device.barrier();
    device.dropCaches();
    UndoHeader header =
        UndoHeader.read(device)
            .orElseThrow(() -> notOurs(device, "has no dm-merge header, or a damaged one"));
    ExceptionStore store = ExceptionStore.read(device, origin, cancel);
    UndoWriter writer = new UndoWriter(device, store.chunkSize(), header);
    TableCursor entry = store.entries();
    while (entry.next()) {
      if (entry.newChunk() != writer.layout.dataChunk(entry.index())) {
        throw notOurs(device, "does not have its entries in dm-merge's order");
      }
      writer.saved.add(entry.oldChunk());
    }
    writer.table.resume(store);
    return writer;
  }

  private static ProblemException notOurs(BlockDevice device, String what) {
    return new ProblemException(
        Problem.at(ProblemCode.UNDO_NOT_OURS, device.path(), device.path() + " " + what));
  }

  public String path() {
    return device.path();
  }

  public ChunkSize chunkSize() {
    return layout.chunkSize();
  }

  public UndoHeader header() {
    return header;
  }

  /** True if the origin's chunk is in the store: durable, or ended since the last commit. */
  public boolean contains(long oldChunk) {
    return saved.contains(oldChunk);
  }

  /** Number of durable entries. */
  public long entries() {
    return table.durable();
  }

  /** Size in bytes of the used part of the device, including a failed commit. */
  public long usedBytes() {
    return layout.bytesFor(table.size());
  }

  /**
   * Adds a chunk that is in memory.
   *
   * @param bytes the chunk, clipped at the end of the origin; the rest is zeroed
   * @param written {@link SectorSums} of the data that will overwrite it
   * @throws ProblemException {@code device.write}
   */
  public void add(long oldChunk, ByteBuffer bytes, ByteBuffer written) {
    begin(oldChunk);
    append(bytes);
    appendSums(written);
    end();
  }

  /** Begins a chunk. Discards a chunk that was begun but not ended. */
  public void begin(long oldChunk) {
    if (contains(oldChunk)) {
      throw new IllegalArgumentException("chunk " + oldChunk + " is already in the store");
    }
    discardUnfinished();
    data.seek(layout.offsetOfData(table.size()));
    sums.seek(layout.offsetOfSums(table.size()));
    begun = true;
    currentChunk = oldChunk;
    currentBytes = 0;
    currentSumBytes = 0;
  }

  /**
   * Appends data to the chunk.
   *
   * @throws ProblemException {@code device.write}
   */
  public void append(ByteBuffer bytes) {
    if (!begun || bytes.remaining() > layout.chunkSize().bytes() - currentBytes) {
      throw new IllegalStateException("no chunk was begun, or its data is too long");
    }
    currentBytes += bytes.remaining();
    data.put(bytes);
  }

  /**
   * Appends sums to the chunk.
   *
   * @param written {@link SectorSums} of the data that will overwrite its next sectors
   * @throws ProblemException {@code device.write}
   */
  public void appendSums(ByteBuffer written) {
    if (!begun || written.remaining() > layout.sumBytes() - currentSumBytes) {
      throw new IllegalStateException("no chunk was begun, or it has too many sums");
    }
    currentSumBytes += written.remaining();
    sums.put(written);
  }

  /**
   * Ends the chunk. Sums that were not appended are undefined.
   *
   * @throws ProblemException {@code device.write}
   */
  public void end() {
    while (currentBytes < layout.chunkSize().bytes()) {
      append(table.zeroes(layout.chunkSize().bytes() - currentBytes));
    }
    begun = false;
    saved.add(currentChunk);
    table.add(currentChunk);
  }

  private void discardUnfinished() {
    if (begun) {
      begun = false;
      data.discardFrom(layout.offsetOfData(table.size()));
      sums.discardFrom(layout.offsetOfSums(table.size()));
    }
  }

  /**
   * Makes all ended chunks and their entries durable.
   *
   * @throws ProblemException {@code device.write}, {@code device.barrier}
   */
  public void commit() {
    discardUnfinished();
    if (table.batchSize() > 0) {
      data.flush();
      sums.flush();
      table.commit();
    }
  }

  /**
   * Durably marks the store complete. Nothing may be added after that.
   *
   * @throws ProblemException {@code device.write}, {@code device.barrier}
   */
  public void complete() {
    commit();
    header = header.asComplete();
    writeFirstSector();
    device.barrier();
  }

  private void writeFirstSector() {
    ByteBuffer sector = AlignedBuffers.allocate(ChunkSize.SECTOR_BYTES);
    new StoreHeader(layout.chunkSize()).encode(sector);
    header.encode(sector);
    device.write(sector, 0);
  }
}
