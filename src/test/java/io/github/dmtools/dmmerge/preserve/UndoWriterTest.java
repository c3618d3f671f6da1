package io.github.dmtools.dmmerge.preserve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.SlowTest;
import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceContract;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.PowerCut;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.digest.SectorSums;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.Finding;
import io.github.dmtools.dmmerge.exceptionstore.StoreCheck;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.exceptionstore.TableDigest;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader accepts what the writer wrote, even if it was stopped at any point. */
final class UndoWriterTest {
  private static final int CHUNKS = 150;
  private static final int STALE = 's';

  private static final UndoRun RUN =
      new UndoRun("ab".repeat(32), null, new UUID(1, 2), new UUID(3, 4));

  /** How a run is stopped. */
  private enum End {
    /** The process is killed, and the page cache stays. */
    KILL,
    /** Everything since the last barrier is lost. */
    POWER_CUT,
    /** Some of the sectors written since the last barrier are lost. */
    TORN
  }

  /** Areas of 512 bytes hold 32 entries: tests one less, exactly that many, and one more. */
  @ParameterizedTest
  @CsvSource({"1,0", "1,1", "1,31", "1,32", "1,33", "1,63", "1,64", "1,65", "8,255", "8,256"})
  void writesAnyNumberOfEntries(int sectors, int entries) {
    for (int batch : new int[] {1, 7, 32, 1000}) {
      Store store = new Store(sectors, entries, sectors * 512 - 100);
      UndoWriter writer = store.create(store.disk.openForWriting());
      for (int chunk = 0; chunk < entries; chunk++) {
        store.add(writer, chunk);
        if (chunk % batch == batch - 1) {
          writer.commit();
        }
      }
      writer.commit();
      assertEquals(entries, writer.entries());
      assertEquals(store.disk.size(), writer.usedBytes(), "no larger than needed");
      assertEquals(entries, store.verify().size());
    }
  }

  @Test
  void writesAKnownStore() {
    StoreImage image = new StoreImage(1, 6 * 512);
    Arrays.fill(image.bytes(), 16, 512, (byte) 0);
    image.entry(7, 3).entry(0, 4);
    UndoHeader header = UndoHeader.of(8 * 512, "name", true, RUN);
    ByteBuffer sector = ByteBuffer.wrap(image.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    header.encode(sector);
    // CRC-32 of "123456789", its check value, and of no bytes.
    Arrays.fill(image.bytes(), 2 * 512, 3 * 512, (byte) 0);
    sector.putInt(2 * 512, 0xcbf43926).putInt(2 * 512 + 4, 0);
    MemoryDisk disk = new MemoryDisk("/undo", new byte[6 * 512]);
    UndoWriter writer = UndoWriter.create(disk.openForWriting(), ChunkSize.ofSectors(1), header);
    for (int[] entry : new int[][] {{7, 3, 9}, {0, 4, 0}}) {
      writer.add(
          entry[0],
          direct(image.bytes(), entry[1] * 512, 512),
          sums(direct("123456789".getBytes(StandardCharsets.US_ASCII), 0, entry[2])));
    }
    writer.commit();
    Arrays.fill(image.bytes(), 5 * 512, 6 * 512, (byte) 0);
    assertArrayEquals(image.bytes(), disk.content());
  }

  @Test
  void writesDataBeforeItsEntry() {
    Store store = new Store(1, 40, 512);
    UndoWriter writer = store.create(store.disk.openForWriting());
    store.disk.forgetWrites();
    for (int chunk = 0; chunk < 33; chunk++) {
      store.add(writer, chunk);
    }
    assertEquals(0, store.verify().size(), "an entry was written before its data");
    int before = store.disk.barriers();
    writer.commit();
    assertEquals(
        List.of(
            new ByteRange(3 * 512, 31 * 512),
            new ByteRange(35 * 512, 2 * 512),
            new ByteRange(2 * 512, 33 * 4),
            new ByteRange(34 * 512, 512),
            new ByteRange(512, 512),
            new ByteRange(34 * 512, 16)),
        store.disk.writes());
    assertEquals(before + 2, store.disk.barriers());
    writer.commit();
    assertEquals(before + 2, store.disk.barriers(), "nothing to commit");
  }

  @Property(tries = 4)
  void continuesAfterAnyStop(
      @ForAll long seed, @ForAll @IntRange(max = 2) int log2Sectors, @ForAll End end) {
    stopAnywhere(seed, log2Sectors, end);
  }

  @Property(tries = 20)
  @SlowTest
  void continuesAfterMoreStops(
      @ForAll long seed, @ForAll @IntRange(max = 2) int log2Sectors, @ForAll End end) {
    stopAnywhere(seed, log2Sectors, end);
  }

  private static void stopAnywhere(long seed, int log2Sectors, End end) {
    Random random = new Random(seed);
    int sectors = 1 << log2Sectors;
    int lastBytes = 1 + random.nextInt(sectors * 512);
    int operations = 0;
    boolean finished = false;
    while (!finished) {
      Store store = new Store(sectors, CHUNKS, lastBytes);
      store.create(store.disk.openForWriting());
      finished = store.run(new PowerCut(operations++), new Random(seed));
      store.end(end, random);
      // The second run is stopped too, the third one finishes.
      store.run(new PowerCut(random.nextInt(30)), random);
      store.end(end, random);
      assertTrue(store.run(new PowerCut(Integer.MAX_VALUE), random));
      store.end(End.POWER_CUT, random);
      assertEquals(CHUNKS, store.verify().size());
    }
    assertTrue(operations > 10, "the run was rarely stopped");
  }

  /** A batch fills two areas. The disk kept the second area and a part of the first. */
  @Test
  void leftoversOfATornWriteNeverBecomeValid() {
    Store store = new Store(1, 100, 512);
    UndoWriter writer = store.create(store.disk.openForWriting());
    for (int chunk = 0; chunk < 70; chunk++) {
      store.add(writer, chunk);
    }
    writer.commit();
    store.disk.set(512 + 20 * 16, new byte[16]);
    UndoWriter resumed = store.resume(store.disk.openForWriting());
    assertEquals(20, resumed.entries());
    assertEquals(List.of(), findings(store), "leftovers in the last area");
    for (int chunk = 70; chunk < 82; chunk++) {
      store.add(resumed, chunk);
    }
    resumed.commit();
    assertEquals(32, store.verify().size(), "entries of the next area became valid");
    assertFalse(resumed.contains(50));
  }

  @Test
  void erasesLeftoversBeforeAddingEntries() {
    Store store = new Store(1, 40, 512);
    UndoWriter writer = store.create(store.disk.openForWriting());
    store.add(writer, 3);
    writer.commit();
    store.disk.set(512 + 5 * 16, new byte[] {9, 0, 0, 0, 0, 0, 0, 0, 9});
    store.resume(store.disk.openForWriting());
    store.disk.crash();
    assertEquals(List.of(), findings(store));
    assertEquals(1, store.verify().size());
  }

  /** A killed run may leave entries that are only in the page cache. */
  @Test
  void entriesFoundAreDurable() {
    Store store = new Store(1, 40, 512);
    UndoWriter writer = store.create(store.disk.openForWriting());
    store.add(writer, 3);
    store.disk.failBarrier(2);
    assertThrows(ProblemException.class, writer::commit);
    UndoWriter resumed = store.resume(store.disk.openForWriting());
    store.disk.crash();
    assertEquals(resumed.entries(), store.verify().size());
    assertEquals(resumed.contains(3), store.verify().containsKey(3L));
  }

  @Test
  void discardsAChunkThatIsNotEnded() {
    Store store = new Store(8192, 3, 100);
    UndoWriter writer = store.create(store.disk.openForWriting());
    byte[] chunk = store.chunk(0);
    writer.begin(2);
    writer.append(direct(chunk, 0, 5000));
    store.add(writer, 0);
    writer.begin(1);
    writer.append(direct(chunk, 0, 4 << 20));
    assertFalse(writer.contains(1));
    store.add(writer, 1);
    writer.begin(2);
    writer.commit();
    assertEquals(2, store.verify().size());
    assertThrows(IllegalArgumentException.class, () -> writer.begin(0));
  }

  @Test
  void writesLargeChunksInPieces() {
    Store store = new Store(16_384, 3, 70_000);
    UndoWriter writer = store.create(store.disk.openForWriting());
    for (int chunk = 1; chunk < 3; chunk++) {
      byte[] bytes = store.chunk(chunk);
      writer.begin(chunk);
      for (int done = 0; done < bytes.length; done += 3_000_000) {
        writer.append(direct(bytes, done, Math.min(3_000_000, bytes.length - done)));
      }
      byte[] written = store.written(chunk);
      for (int done = 0; done < written.length; done += 1 << 20) {
        int count = Math.min(1 << 20, written.length - done);
        writer.appendSums(sums(direct(written, done, count)));
      }
      writer.end();
    }
    writer.commit();
    assertEquals(2, store.verify().size());
    writer.begin(0);
    ByteBuffer tooMuch = direct(new byte[8 << 20], 0, 8 << 20);
    writer.append(tooMuch);
    assertThrows(IllegalStateException.class, () -> writer.append(direct(new byte[1], 0, 1)));
    ByteBuffer tooMany = direct(new byte[(8 << 20) / 128 + 4], 0, (8 << 20) / 128 + 4);
    assertThrows(IllegalStateException.class, () -> writer.appendSums(tooMany));
  }

  @Test
  void storesTheCompleteFlag() {
    Store store = new Store(1, 40, 512);
    UndoWriter writer = store.create(store.disk.openForWriting());
    store.add(writer, 3);
    assertFalse(writer.header().complete());
    writer.complete();
    store.disk.crash();
    UndoWriter resumed = store.resume(store.disk.openForWriting());
    assertTrue(resumed.header().complete());
    assertEquals(store.header.asComplete(), resumed.header());
    assertEquals(1, store.verify().size());
  }

  /** A kernel that lost entries in a crash leaves such a store: valid, but not from this writer. */
  @Test
  void rejectsAStoreWithHoles() {
    Store store = new Store(1, 40, 512);
    UndoWriter writer = store.create(store.disk.openForWriting());
    store.add(writer, 3);
    writer.commit();
    store.disk.set(512 + 8, new byte[] {4});
    requireNotOurs(store);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void detectsDamageOfAnyHeaderByte(int bit) {
    Store store = new Store(1, 4, 512);
    store.create(store.disk.openForWriting()).complete();
    for (int at = 0; at < UndoHeader.BYTES; at++) {
      byte[] whole = store.disk.content();
      byte[] damaged = {(byte) (whole[UndoHeader.OFFSET + at] ^ (bit == 0 ? 1 : 0x80))};
      store.disk.set(UndoHeader.OFFSET + at, damaged);
      assertTrue(UndoHeader.read(store.disk.openForReading()).isEmpty(), "byte " + at);
      requireNotOurs(store);
      store.disk.set(0, whole);
    }
    assertTrue(UndoHeader.read(store.disk.openForReading()).isPresent());
    assertTrue(UndoHeader.read(new MemoryDisk("/short", new byte[100]).openForReading()).isEmpty());
  }

  @Test
  void readsHeadersOfBothVersions() {
    UndoHeader old = new UndoHeader(512, "cd".repeat(32), true, false, null);
    UndoRun planned = new UndoRun("ab".repeat(32), "ef".repeat(32), new UUID(5, 6), null);
    UndoHeader known = UndoHeader.of(512, "a", false, planned);
    for (UndoHeader header : List.of(old, old.asComplete(), known, known.asComplete())) {
      MemoryDisk disk = new MemoryDisk("/undo", new byte[2 * 512]);
      UndoWriter.create(disk.openForWriting(), ChunkSize.ofSectors(1), header);
      assertEquals(header, UndoHeader.read(disk.openForReading()).orElseThrow());
    }
  }

  @Test
  void aJobIsIdentifiedByTableAndPlan() {
    UndoRun planned = new UndoRun(RUN.tableSha256(), "ef".repeat(32), new UUID(5, 6), null);
    assertTrue(RUN.isSameJob(planned));
    assertTrue(planned.isSameJob(RUN));
    assertFalse(
        planned.isSameJob(new UndoRun(RUN.tableSha256(), "12".repeat(32), new UUID(5, 6), null)));
    assertFalse(RUN.isSameJob(new UndoRun("12".repeat(32), null, RUN.id(), RUN.boot())));
  }

  @Test
  void theTableDigestMatchesItsDocumentation() throws NoSuchAlgorithmException {
    MemoryDisk disk = StoreImage.withRoomFor(8, 3).entry(7, 2).entry(0, 3).disk();
    ExceptionStore store = ExceptionStore.read(disk.openForReading(), null, CancelSignal.NEVER);
    ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("dm-merge store 1\n".getBytes(StandardCharsets.US_ASCII)).putLong(4096);
    bytes.putLong(7).putLong(2).putLong(0).putLong(3);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(bytes.flip());
    assertEquals(HexFormat.of().formatHex(digest.digest()), TableDigest.of(store));
  }

  /** Fills a group of sums to one less, exactly, and one more, with areas of 32 entries between. */
  @ParameterizedTest
  @ValueSource(ints = {127, 128, 129, 256, 257})
  void writesManyGroupsOfSums(int entries) {
    Store store = new Store(1, entries, 100);
    UndoWriter writer = store.create(store.disk.openForWriting());
    for (int chunk = 0; chunk < entries; chunk++) {
      store.add(writer, chunk);
      if (chunk % 50 == 0) {
        writer.commit();
        writer = store.resume(store.disk.openForWriting());
      }
    }
    writer.commit();
    assertEquals(entries, store.verify().size());
    assertEquals(store.disk.size(), writer.usedBytes());
  }

  private static void requireNotOurs(Store store) {
    ProblemException e =
        assertThrows(ProblemException.class, () -> store.resume(store.disk.openForWriting()));
    assertEquals(ProblemCode.UNDO_NOT_OURS, e.problem().code());
  }

  private static List<Finding> findings(Store store) {
    return StoreCheck.of(store.disk.openForReading(), CancelSignal.NEVER).findings();
  }

  private static ByteBuffer sums(ByteBuffer written) {
    int count = Math.max(1, SectorSums.count(written.remaining()));
    ByteBuffer sums = AlignedBuffers.allocate(count * SectorSums.SUM_BYTES);
    new SectorSums().append(written, sums);
    return sums.clear();
  }

  private static ByteBuffer direct(byte[] bytes, int from, int count) {
    return AlignedBuffers.allocate(count).put(bytes, from, count).flip();
  }

  /** A store on a disk full of old data, and the origin whose chunks it saves. */
  private static final class Store {
    final ChunkSize chunkSize;
    final byte[] originBytes;
    final MemoryDisk origin;
    final MemoryDisk disk;
    final UndoHeader header;
    final List<Long> committed = new ArrayList<>();
    private final int entries;

    Store(int sectors, int entries, int lastBytes) {
      this.chunkSize = ChunkSize.ofSectors(sectors);
      this.entries = entries;
      int chunkBytes = sectors * 512;
      this.originBytes = Stamp.of('o', Math.max(0, entries - 1) * chunkBytes + lastBytes);
      this.origin = new MemoryDisk("/dev/origin", originBytes);
      int bytes = Math.toIntExact(UndoWriter.bytesFor(chunkSize, entries));
      this.disk = new MemoryDisk("/undo", Stamp.of(STALE, bytes));
      this.header = UndoHeader.of(originBytes.length, "origin", true, RUN);
    }

    UndoWriter create(BlockDevice device) {
      return UndoWriter.create(device, chunkSize, header);
    }

    UndoWriter resume(BlockDevice device) {
      return UndoWriter.resume(device, origin.openForReading(), CancelSignal.NEVER);
    }

    byte[] chunk(long chunk) {
      int from = (int) chunkSize.offsetOf(chunk);
      int count = (int) chunkSize.clippedBytes(chunk, originBytes.length);
      return Arrays.copyOfRange(originBytes, from, from + count);
    }

    void add(UndoWriter writer, long chunk) {
      byte[] bytes = chunk(chunk);
      byte[] written = written(chunk);
      writer.add(chunk, direct(bytes, 0, bytes.length), sums(direct(written, 0, written.length)));
    }

    /** The data that will overwrite a chunk. */
    byte[] written(long chunk) {
      byte[] bytes = chunk(chunk);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] ^= (byte) 0x5a;
      }
      return bytes;
    }

    /** Saves missing chunks in random batches. Returns false if the power failed. */
    boolean run(PowerCut power, Random random) {
      try {
        UndoWriter writer = resume(power.on(disk.openForWriting()));
        committed.forEach(chunk -> assertTrue(writer.contains(chunk), "lost chunk " + chunk));
        List<Long> missing = new ArrayList<>();
        for (long chunk = 0; chunk < entries; chunk++) {
          if (!writer.contains(chunk)) {
            missing.add(chunk);
          }
        }
        Collections.shuffle(missing, random);
        while (!missing.isEmpty()) {
          int batch = Math.min(missing.size(), 1 + random.nextInt(80));
          List<Long> some = missing.subList(0, batch);
          some.forEach(chunk -> add(writer, chunk));
          writer.commit();
          committed.addAll(some);
          some.clear();
        }
        return true;
      } catch (PowerCut.Cut e) {
        return false;
      }
    }

    void end(End end, Random random) {
      switch (end) {
        case KILL -> {}
        case POWER_CUT -> disk.crash();
        case TORN -> disk.crash(random);
      }
      Map<Long, Long> found = verify();
      committed.forEach(chunk -> assertTrue(found.containsKey(chunk), "lost chunk " + chunk));
    }

    private void verifySums(BlockDevice device, TableCursor entry) {
      WrittenSums sums = new WrittenSums(device, chunkSize);
      assertTrue(sums.isInPlace(entry.index(), entry.newChunk()));
      byte[] written = written(entry.oldChunk());
      for (int at = 0; at < written.length; at += 512) {
        ByteBuffer sector = direct(written, at, Math.min(512, written.length - at));
        assertTrue(sums.matches(entry.index(), at, sector), "sums of chunk " + entry.oldChunk());
      }
    }

    /** Reads the store and checks its data against the origin. Returns new chunks by old chunk. */
    Map<Long, Long> verify() {
      BlockDevice device = disk.openForReading();
      ExceptionStore store =
          ExceptionStore.read(device, origin.openForReading(), CancelSignal.NEVER);
      Map<Long, Long> found = new LinkedHashMap<>();
      TableCursor entry = store.entries();
      while (entry.next()) {
        byte[] expected = Arrays.copyOf(chunk(entry.oldChunk()), (int) chunkSize.bytes());
        assertArrayEquals(
            expected,
            DeviceContract.read(
                device, chunkSize.offsetOf(entry.newChunk()), (int) chunkSize.bytes()),
            "data of chunk " + entry.oldChunk());
        verifySums(device, entry);
        found.put(entry.oldChunk(), entry.newChunk());
      }
      return found;
    }
  }
}
