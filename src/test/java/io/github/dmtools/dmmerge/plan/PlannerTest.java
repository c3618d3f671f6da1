package io.github.dmtools.dmmerge.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.copy.TableOrder;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.RandomStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares with a simple reference implementation. */
final class PlannerTest {
  @Property(tries = 200)
  void plansEveryExceptionWithItsState(
      @ForAll long seed,
      @ForAll @IntRange(max = 6) int log2Sectors,
      @ForAll @IntRange(max = 13) int quarterAreas) {
    RandomStore random = RandomStore.of(seed, log2Sectors, quarterAreas);
    byte[] before = random.origin(seed);
    MemoryDisk origin = new MemoryDisk("/dev/origin", before);
    ExceptionStore store = read(random.image().disk(), origin);
    List<PlannedChunk> plan = new ArrayList<>();
    AtomicLong progress = new AtomicLong();
    PlanTotals totals =
        new Planner(store, origin.openForReading(), PlanDepth.DIGEST, plan::add)
            .run(progress::addAndGet, CancelSignal.NEVER);

    MessageDigest digest = sha256();
    MessageDigest origins = sha256();
    origins.update("dm-merge origins 1\n".getBytes(StandardCharsets.US_ASCII));
    digest.update("dm-merge plan 1\n".getBytes(StandardCharsets.US_ASCII));
    digest.update(littleEndian(store.chunkSize().bytes()));
    long pending = 0;
    long pendingBytes = 0;
    List<long[]> entries = random.image().entries();
    assertEquals(entries.size(), plan.size());
    for (int i = 0; i < entries.size(); i++) {
      long[] entry = entries.get(i);
      int bytes = random.clippedBytes(entry);
      byte[] source = slice(random.image().bytes(), entry[1] * store.chunkSize().bytes(), bytes);
      byte[] target = slice(before, entry[0] * store.chunkSize().bytes(), bytes);
      ChunkState state = Arrays.equals(source, target) ? ChunkState.APPLIED : ChunkState.PENDING;
      assertEquals(
          new PlannedChunk(i, entry[0], entry[1], bytes, state, hex(source), hex(target)),
          plan.get(i));
      digest.update(littleEndian(entry[0], entry[1], bytes));
      digest.update(sha256().digest(source));
      origins.update(sha256().digest(target));
      if (state == ChunkState.PENDING) {
        pending++;
        pendingBytes += bytes;
      }
    }
    String planSha256 = HexFormat.of().formatHex(digest.digest());
    String originsSha256 = HexFormat.of().formatHex(origins.digest());
    assertEquals(
        new PlanTotals(
            true, entries.size(), pending, store.bytes(), pendingBytes, planSha256, originsSha256),
        totals);
    assertEquals(store.bytes(), progress.get());
    assertArrayEquals(before, origin.content());
    assertEquals(List.of(), origin.writes());

    PlanTotals compared =
        new Planner(store, origin.openForReading(), PlanDepth.COMPARE, exception -> {})
            .run(Progress.NONE, CancelSignal.NEVER);
    assertEquals(
        new PlanTotals(true, entries.size(), pending, store.bytes(), pendingBytes, null, null),
        compared);
  }

  @Test
  void thePlanOfATableHasNoStates() {
    StoreImage image = StoreImage.withRoomFor(8, 2).entry(1, 3).entry(0, 2);
    MemoryDisk origin = new MemoryDisk("/dev/origin", new byte[4096 + 17]);
    origin.breakForReading(new ByteRange(0, 4096));
    List<PlannedChunk> plan = new ArrayList<>();
    PlanTotals totals =
        new Planner(read(image.disk(), origin), origin.openForReading(), PlanDepth.TABLE, plan::add)
            .run(Progress.NONE, CancelSignal.NEVER);
    assertEquals(
        List.of(
            new PlannedChunk(0, 1, 3, 17, null, null, null),
            new PlannedChunk(1, 0, 2, 4096, null, null, null)),
        plan);
    assertEquals(new PlanTotals(false, 2, 0, 4113, 0, null, null), totals);
  }

  @Test
  void plansWithoutAnOrigin() {
    StoreImage image = StoreImage.withRoomFor(8, 2).entry(1, 3).entry(0, 2);
    MemoryDisk origin = new MemoryDisk("/dev/origin", new byte[2 * 4096]);
    List<PlannedChunk> plan = new ArrayList<>();
    PlanTotals totals =
        new Planner(read(image.disk(), null), null, PlanDepth.DIGEST, plan::add)
            .run(Progress.NONE, CancelSignal.NEVER);
    assertFalse(totals.compared());
    assertNull(plan.get(0).state());
    assertNull(plan.get(0).originSha256());
    assertNotNull(plan.get(0).sourceSha256());
    PlanTotals withOrigin =
        new Planner(read(image.disk(), origin), origin.openForReading(), PlanDepth.DIGEST, e -> {})
            .run(Progress.NONE, CancelSignal.NEVER);
    assertEquals(withOrigin.planSha256(), totals.planSha256(), "the digest does not cover states");
  }

  /** A chunk of 16 MiB has four pieces; one of them differs, or the clipped end. */
  @Test
  void aLargeChunkIsOneException() {
    int chunk = 4 * TableOrder.MAX_PIECE_BYTES;
    StoreImage image = new StoreImage(chunk / 512, 4 * chunk).entry(0, 2).entry(1, 3);
    int tail = TableOrder.MAX_PIECE_BYTES + 777;
    byte[] equal = new byte[chunk + tail];
    System.arraycopy(image.bytes(), 2 * chunk, equal, 0, chunk);
    System.arraycopy(image.bytes(), 3 * chunk, equal, chunk, tail);
    for (int flipped : new int[] {-1, 0, chunk - 1, chunk / 2, chunk, chunk + tail - 1}) {
      byte[] before = equal.clone();
      if (flipped >= 0) {
        before[flipped] ^= 1;
      }
      MemoryDisk origin = new MemoryDisk("/dev/origin", before);
      List<PlannedChunk> plan = new ArrayList<>();
      PlanTotals totals =
          new Planner(
                  read(image.disk(), origin), origin.openForReading(), PlanDepth.DIGEST, plan::add)
              .run(Progress.NONE, CancelSignal.NEVER);
      assertEquals(2, plan.size());
      assertEquals(chunk, plan.get(0).bytes());
      assertEquals(tail, plan.get(1).bytes());
      assertEquals(hex(slice(equal, 0, chunk)), plan.get(0).sourceSha256());
      assertEquals(hex(slice(before, chunk, tail)), plan.get(1).originSha256());
      assertEquals(flipped >= 0 && flipped < chunk, plan.get(0).state() == ChunkState.PENDING);
      assertEquals(flipped >= chunk, plan.get(1).state() == ChunkState.PENDING);
      assertEquals(flipped < 0 ? 0 : flipped < chunk ? chunk : tail, totals.pendingBytes());
    }
  }

  @Test
  void aReadErrorAbortsThePlan() {
    StoreImage image = StoreImage.withRoomFor(8, 2).entry(1, 3).entry(0, 2);
    MemoryDisk origin = new MemoryDisk("/dev/origin", Stamp.of('o', 2 * 4096));
    origin.breakForReading(new ByteRange(5000, 1));
    Problem problem =
        assertThrows(
                ProblemException.class,
                () ->
                    new Planner(
                            read(image.disk(), origin),
                            origin.openForReading(),
                            PlanDepth.DIGEST,
                            e -> {})
                        .run(Progress.NONE, CancelSignal.NEVER))
            .problem();
    assertEquals(ProblemCode.DEVICE_READ, problem.code());
    assertEquals("/dev/origin", problem.path());
    assertEquals(4608, problem.offset());
  }

  @ParameterizedTest
  @EnumSource
  void stopsWhenCancelled(PlanDepth depth) {
    StoreImage image = StoreImage.withRoomFor(1, 5000);
    for (int i = 0; i < 5000; i++) {
      image.entry(i, 2 + i + i / 32);
    }
    MemoryDisk origin = new MemoryDisk("/dev/origin", new byte[5000 * 512]);
    ExceptionStore store = read(image.disk(), origin);
    Planner planner = new Planner(store, origin.openForReading(), depth, e -> {});
    ProblemException e =
        assertThrows(ProblemException.class, () -> planner.run(Progress.NONE, () -> true));
    assertEquals(ProblemCode.RUN_INTERRUPTED, e.problem().code());
  }

  @Test
  void readsDirectDevicesInWholeBlocks() {
    StoreImage image = StoreImage.withRoomFor(1, 100);
    for (int i = 0; i < 100; i++) {
      image.entry(i * 7 % 100, 2 + i + i / 32);
    }
    MemoryDisk disk = image.disk();
    MemoryDisk origin = new MemoryDisk("/dev/origin", new byte[100 * 512]);
    ExceptionStore store =
        ExceptionStore.read(disk.openDirect(), origin.openDirect(), CancelSignal.NEVER);
    new Planner(store, origin.openDirect(), PlanDepth.DIGEST, e -> {})
        .run(Progress.NONE, CancelSignal.NEVER);
    assertEquals(0, disk.bounced());
    assertEquals(0, origin.bounced());
    assertTrue(store.exceptions() > 0);
  }

  private static ExceptionStore read(MemoryDisk store, @Nullable MemoryDisk origin) {
    return ExceptionStore.read(
        store.openForReading(),
        origin == null ? null : origin.openForReading(),
        CancelSignal.NEVER);
  }

  private static byte[] slice(byte[] bytes, long offset, int count) {
    return Arrays.copyOfRange(bytes, (int) offset, (int) offset + count);
  }

  private static byte[] littleEndian(long... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long number : numbers) {
      bytes.putLong(number);
    }
    return bytes.array();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
