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
 * Fills an undo store as the kernel fills a store ({@code persistent_commit_exception} in {@code
 * dm-snap-persistent.c}): the n-th entry has the n-th data chunk of {@link UndoLayout}, so that
 * writes are long, and data and sums are durable before an entry names them.
 *
 * <p>Whatever is lost or torn on the way, the store stays sound: it holds every entry of every
 * {@link #commit} that returned, and perhaps some of the next one, each with its data. A chunk is
 * {@link #begin begun}, {@link #append appended} to and {@link #end ended}; one that is not ended
 * was never there. What is going to be written over it has its {@link #appendSums sums} in the same
 * order. After a {@link ProblemException} nothing more may be committed. Not safe for use by
 * several threads.
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
  private long begunChunk;
  private long begunBytes;
  private long begunSumBytes;

  private UndoWriter(BlockDevice device, ChunkSize chunkSize, UndoHeader header) {
    this.device = device;
    this.layout = UndoLayout.of(chunkSize, header);
    this.table = new UndoTable(device, layout);
    this.data = new StagedWrites(device, STAGING_BYTES);
    this.sums = new StagedWrites(device, SUMS_BYTES);
    this.header = header;
  }

  /**
   * Size in bytes of a new store that holds so many entries: the header, the areas, the sums, the
   * data. A full area is followed by another one.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public static long bytesFor(ChunkSize chunkSize, long entries) {
    return UndoLayout.withSums(chunkSize).bytesFor(entries);
  }

  /**
   * Makes a store without entries, durable.
   *
   * @param device with room for {@link #bytesFor} no entries at least
   * @throws ProblemException {@code device.write}, {@code device.barrier}
   */
  public static UndoWriter create(BlockDevice device, ChunkSize chunkSize, UndoHeader header) {
    UndoWriter writer = new UndoWriter(device, chunkSize, header);
    // The first sector goes from the header of a new file to that of a store in one write.
    writer.table.zero(ChunkSize.SECTOR_BYTES, bytesFor(chunkSize, 0));
    writer.writeFirstSector();
    device.barrier();
    return writer;
  }

  /**
   * Goes on where another writer ended or was stopped.
   *
   * @param device for reading and writing; nobody else writes to it
   * @param origin whose chunks it holds
   * @throws ProblemException {@code store.*} for what is wrong with it, {@code undo.not_ours} if no
   *     writer like this one made it, {@code device.*}, {@code run.interrupted}
   */
  public static UndoWriter resume(BlockDevice device, BlockDevice origin, CancelSignal cancel) {
    // An entry that only the page cache has would be taken for saved, and lost in a power cut.
    device.barrier();
    device.dropCaches();
    UndoHeader header =
        UndoHeader.read(device)
            .orElseThrow(() -> notOurs(device, "has no header of dm-merge, or a damaged one"));
    ExceptionStore store = ExceptionStore.read(device, origin, cancel);
    UndoWriter writer = new UndoWriter(device, store.chunkSize(), header);
    writer.learn(store);
    return writer;
  }

  private void learn(ExceptionStore store) {
    TableCursor entry = store.entries();
    while (entry.next()) {
      if (entry.newChunk() != layout.dataChunk(entry.index())) {
        throw notOurs(device, "is not filled in the order in which dm-merge fills one");
      }
      saved.add(entry.oldChunk());
    }
    table.resume(store);
  }

  private static ProblemException notOurs(BlockDevice device, String what) {
    return new ProblemException(
        Problem.at(ProblemCode.UNDO_NOT_OURS, device.path(), device.path() + " " + what));
  }

  /** The path of the device that holds it. */
  public String path() {
    return device.path();
  }

  public ChunkSize chunkSize() {
    return layout.chunkSize();
  }

  /** What the store says of itself. */
  public UndoHeader header() {
    return header;
  }

  /** Whether the chunk of the origin is in the store: durable, or ended since the last commit. */
  public boolean contains(long oldChunk) {
    return saved.contains(oldChunk);
  }

  /** Entries that are durable. */
  public long entries() {
    return table.durable();
  }

  /** Bytes of the device that hold entries and data, those of a commit that failed included. */
  public long usedBytes() {
    return layout.bytesFor(table.size());
  }

  /**
   * Adds a chunk whose bytes are at hand.
   *
   * @param bytes the chunk, or as much of it as the origin has: the rest is zeroed
   * @param written the sums of what is going to be written over it
   * @throws ProblemException {@code device.write}
   */
  public void add(long oldChunk, ByteBuffer bytes, ByteBuffer written) {
    begin(oldChunk);
    append(bytes);
    appendSums(written);
    end();
  }

  /** Begins a chunk that comes in pieces. One that was begun and not ended is forgotten. */
  public void begin(long oldChunk) {
    if (contains(oldChunk)) {
      throw new IllegalArgumentException("chunk " + oldChunk + " is in the store already");
    }
    forgetBegun();
    data.seek(layout.offsetOfData(table.size()));
    sums.seek(layout.offsetOfSums(table.size()));
    begun = true;
    begunChunk = oldChunk;
    begunBytes = 0;
    begunSumBytes = 0;
  }

  /**
   * Appends to the chunk that was begun.
   *
   * @throws ProblemException {@code device.write}
   */
  public void append(ByteBuffer bytes) {
    if (!begun || bytes.remaining() > layout.chunkSize().bytes() - begunBytes) {
      throw new IllegalStateException("no chunk was begun, or this is more than one");
    }
    begunBytes += bytes.remaining();
    data.put(bytes);
  }

  /**
   * Appends to the sums of what is going to be written over the chunk that was begun.
   *
   * @param written {@link SectorSums} of its next sectors
   * @throws ProblemException {@code device.write}
   */
  public void appendSums(ByteBuffer written) {
    if (!begun || written.remaining() > layout.sumBytes() - begunSumBytes) {
      throw new IllegalStateException("no chunk was begun, or these are more sums than it has");
    }
    begunSumBytes += written.remaining();
    sums.put(written);
  }

  /**
   * Ends the chunk that was begun. What was not appended of its sums is undefined.
   *
   * @throws ProblemException {@code device.write}
   */
  public void end() {
    while (begunBytes < layout.chunkSize().bytes()) {
      append(table.zeroes(layout.chunkSize().bytes() - begunBytes));
    }
    begun = false;
    saved.add(begunChunk);
    table.add(begunChunk);
  }

  private void forgetBegun() {
    if (begun) {
      begun = false;
      data.cut(layout.offsetOfData(table.size()));
      sums.cut(layout.offsetOfSums(table.size()));
    }
  }

  /**
   * Returns when every chunk that was ended is durable, and its entry too.
   *
   * @throws ProblemException {@code device.write}, {@code device.barrier}
   */
  public void commit() {
    forgetBegun();
    if (table.batchSize() > 0) {
      data.flush();
      sums.flush();
      table.commit();
    }
  }

  /**
   * Marks the store complete, durable. Nothing may be added after that.
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
