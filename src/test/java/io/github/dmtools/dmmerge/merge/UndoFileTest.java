package io.github.dmtools.dmmerge.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.exceptionstore.TableDigest;
import io.github.dmtools.dmmerge.preserve.UndoFacts;
import io.github.dmtools.dmmerge.preserve.UndoFile;
import io.github.dmtools.dmmerge.preserve.UndoRecorder;
import io.github.dmtools.dmmerge.preserve.UndoRun;
import io.github.dmtools.dmmerge.preserve.UndoWriter;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The undo file of a run is created, continued, or refused before anything is written to it. */
final class UndoFileTest {
  private static final int CHUNK = 4096;
  private static final String UNDO = "/srv/undo";

  private final byte[] before = Stamp.of('o', 10 * CHUNK - 100);
  private final StoreImage image = StoreImage.withRoomFor(8, 3).entry(7, 2).entry(0, 3).entry(9, 4);
  private final MemoryDisk input = image.disk();
  private final MemoryDisk origin = new MemoryDisk("/dev/origin", before);
  private @Nullable String planSha256;
  private final MemoryDevices devices = new MemoryDevices().add(input).add(origin);

  @Test
  void aNewFileReservesSpaceAndReleasesTheRest() {
    try (UndoFile undo = open()) {
      assertFalse(undo.facts().continued());
      assertFalse(isComplete());
      assertEquals(6 * CHUNK, devices.at(UNDO).size());
      save(undo, 7);
      assertEquals(1, undo.facts().exceptions());
      undo.trim();
      assertEquals(4 * CHUNK, devices.at(UNDO).size());
    }
  }

  @Test
  void continuesAnInterruptedFile() {
    try (UndoFile undo = open()) {
      save(undo, 7);
      undo.trim();
    }
    origin.set(7 * CHUNK, new byte[CHUNK]);
    try (UndoFile undo = open()) {
      assertTrue(undo.facts().continued());
      assertEquals(6 * CHUNK, devices.at(UNDO).size(), "room for the missing chunks");
      UndoRecorder recorder = undo.recorder(origin.openForReading(), input.openForReading());
      assertTrue(recorder.isSaved(7));
      assertFalse(recorder.isSaved(9));
      save(undo, 9);
      recorder.complete();
      assertTrue(isComplete());
      undo.trim();
    }
    try (UndoFile undo = open()) {
      assertTrue(isComplete());
      assertEquals(2, undo.facts().exceptions());
      assertEquals(5 * CHUNK, devices.at(UNDO).size(), "a complete file needs no room");
    }
  }

  /** After a failed commit, entries that reached the disk may refer to that space. */
  @Test
  void trimmingKeepsTheDataOfAFailedCommit() {
    try (UndoFile undo = open()) {
      devices.at(UNDO).failBarrier(2);
      assertThrows(ProblemException.class, () -> save(undo, 7));
      undo.trim();
      assertEquals(4 * CHUNK, devices.at(UNDO).size());
    }
    try (UndoFile undo = open()) {
      assertTrue(undo.facts().continued());
    }
  }

  @Test
  void detectsAFullDiskImmediately() {
    devices.room(6 * CHUNK - 1);
    refused("undo.create");
    assertFalse(devices.isFile(UNDO));
    devices.room(6 * CHUNK);
    try (UndoFile undo = open()) {
      undo.trim();
    }
    devices.room(6 * CHUNK - 1);
    byte[] empty = devices.at(UNDO).content();
    refused("undo.create");
    assertArrayEquals(empty, devices.at(UNDO).content());
  }

  @Test
  void refusesAnotherOrigin() {
    make();
    devices.name("/dev/origin", "another", true);
    refusedUntouched("undo.other_origin");
    devices.name("/dev/origin", "another", false);
    refusedUntouched("undo.other_origin");
    devices.name("/dev/origin", "disk:/dev/origin", true);
    MemoryDisk larger = new MemoryDisk("/dev/origin", Stamp.of('o', 10 * CHUNK));
    devices.add(larger);
    refusedUntouched("undo.other_origin");
  }

  @Test
  void refusesAnotherFile() {
    devices.add(new MemoryDisk(UNDO, new byte[0]));
    refusedUntouched("undo.not_ours");
    devices.add(new MemoryDisk(UNDO, Stamp.of('x', 9 * CHUNK)));
    refusedUntouched("undo.not_ours");
    devices.add(new MemoryDisk(UNDO, StoreImage.withRoomFor(8, 3).entry(7, 2).bytes()));
    refusedUntouched("undo.not_ours");
  }

  @Test
  void refusesADamagedFile() {
    try (UndoFile undo = open()) {
      save(undo, 7);
    }
    devices.at(UNDO).set(CHUNK, new byte[] {100});
    refusedUntouched("undo.not_ours");
    devices.at(UNDO).set(CHUNK, new byte[] {7});
    devices.at(UNDO).set(4, new byte[4]);
    refusedUntouched("undo.not_ours");
  }

  @Test
  void refusesAnotherChunkSize() {
    make();
    StoreImage small = StoreImage.withRoomFor(1, 3).entry(7, 2);
    MemoryDisk disk = new MemoryDisk("/dev/store", small.bytes());
    devices.add(disk);
    ExceptionStore store =
        ExceptionStore.read(disk.openForReading(), origin.openForReading(), CancelSignal.NEVER);
    refused("undo.other_job", store);
  }

  @Test
  void refusesAnotherJob() {
    try (UndoFile undo = open()) {
      save(undo, 7);
    }
    byte[] content = devices.at(UNDO).content();
    MemoryDisk disk =
        new MemoryDisk("/dev/store", StoreImage.withRoomFor(8, 3).entry(7, 2).entry(1, 3).bytes());
    devices.add(disk);
    ExceptionStore store =
        ExceptionStore.read(disk.openForReading(), origin.openForReading(), CancelSignal.NEVER);
    refused("undo.other_job", store);
    assertArrayEquals(content, devices.at(UNDO).content());
  }

  @Test
  void refusesAnotherPlanIfBothAreKnown() {
    planSha256 = "ab".repeat(32);
    make();
    planSha256 = "cd".repeat(32);
    refusedUntouched("undo.other_job");
    planSha256 = null;
    make();
  }

  /** Another program added an entry where dm-merge would add the next one. */
  @Test
  void refusesChunksOutsideTheTable() {
    try (UndoFile undo = open()) {
      save(undo, 7);
    }
    devices.at(UNDO).set(CHUNK + 16, new byte[] {5, 0, 0, 0, 0, 0, 0, 0, 4});
    refusedUntouched("undo.not_ours");
  }

  /** A run can continue after a power cut although the origin's name has changed. */
  @Test
  void ignoresAnUnstableNameAfterAReboot() {
    devices.name("/dev/origin", "name:/dev/sda", false);
    make();
    devices.name("/dev/origin", "name:/dev/sdb", false);
    refusedUntouched("undo.other_origin");
    devices.reboot();
    make();
    devices.name("/dev/origin", "disk:another", true);
    make();
  }

  @Test
  void reportsItsFacts() {
    try (UndoFile undo = open()) {
      save(undo, 7);
      assertEquals(
          new UndoFacts(UNDO, 1, CHUNK, false, new UUID(7, 8).toString(), true), undo.facts());
    }
  }

  @Test
  void refusesTheInputAndTheOrigin() {
    make();
    for (MemoryDisk disk : List.of(input, origin)) {
      devices.use(UNDO, MemoryDevices.free(disk));
      refusedUntouched("device.same");
    }
  }

  @Test
  void refusesAFileInUse() {
    make();
    DeviceUse free = MemoryDevices.free(devices.at(UNDO));
    devices.use(
        UNDO,
        new DeviceUse(
            List.of(),
            free.ranges(),
            false,
            free.itself(),
            List.of(),
            List.of(UsedDevices.stacked("/dev/loop0", null))));
    refusedUntouched("device.held");
  }

  @Test
  void aFileOfAnotherRunIsBusy() {
    try (UndoFile undo = open()) {
      assertFalse(undo.facts().continued());
      refused("device.busy");
    }
    open().close();
  }

  @Test
  void mergesAnUndoStoreOnlyIntoItsOrigin() {
    try (UndoFile undo = open()) {
      save(undo, 7);
    }
    BlockDevice undo = devices.at(UNDO).openForReading();
    ExceptionStore store = ExceptionStore.read(undo, origin.openForReading(), CancelSignal.NEVER);
    itsOrigin(store, true);
    devices.name("/dev/origin", "another", false);
    itsOrigin(store, false);
    devices.reboot();
    itsOrigin(store, true);
    devices.name("/dev/origin", "another", true);
    itsOrigin(store, false);
    devices.at(UNDO).set(256, new byte[] {0});
    itsOrigin(store, true);
  }

  private void itsOrigin(ExceptionStore store, boolean expected) {
    Runnable check = () -> UndoFile.requireItsOrigin(devices, store, origin.openForReading());
    if (expected) {
      check.run();
    } else {
      assertEquals(
          "undo.other_origin",
          assertThrows(ProblemException.class, check::run).problem().code().code());
    }
  }

  private boolean isComplete() {
    return new SavedChunks(devices.at(UNDO).content()).complete();
  }

  private void make() {
    open().close();
  }

  private UndoFile open() {
    return open(
        ExceptionStore.read(input.openForReading(), origin.openForReading(), CancelSignal.NEVER));
  }

  private UndoFile open(ExceptionStore store) {
    return UndoFile.open(
        new UndoFile.Location(devices, UNDO, this::requireApart),
        devices.at("/dev/origin").openForReading(),
        store,
        new UndoRun(TableDigest.of(store), planSha256, new UUID(7, 8), devices.bootId()),
        CancelSignal.NEVER);
  }

  private void requireApart(BlockDevice undo) {
    Guards.againstUndo(
            devices.survey(),
            undo,
            input.openForReading(),
            devices.at("/dev/origin").openForReading())
        .ifPresent(
            problem -> {
              throw new ProblemException(problem);
            });
  }

  private void save(UndoFile undo, long chunk) {
    UndoRecorder recorder = undo.recorder(origin.openForReading(), input.openForReading());
    int length = (int) Math.min(CHUNK, before.length - chunk * CHUNK);
    recorder.save(
        chunk,
        AlignedBuffers.allocate(length).put(before, (int) chunk * CHUNK, length).flip(),
        AlignedBuffers.allocate(4));
    recorder.commit();
  }

  private void refusedUntouched(String code) {
    byte[] content = devices.at(UNDO).content();
    refused(code);
    assertArrayEquals(content, devices.at(UNDO).content());
    assertEquals(0, devices.openedForWriting());
  }

  private void refused(String code) {
    refused(
        code,
        ExceptionStore.read(input.openForReading(), origin.openForReading(), CancelSignal.NEVER));
  }

  /** Requires a refusal that releases the lock. */
  private void refused(String code, ExceptionStore store) {
    ProblemException e = assertThrows(ProblemException.class, () -> open(store));
    assertEquals(code, e.problem().code().code());
    assertEquals(UNDO, e.problem().path());
    PreallocatedFile file = code.equals("device.busy") ? null : devices.openPreallocated(UNDO);
    if (file != null) {
      file.close();
    }
  }

  @Test
  void computesTheSizeOfAStore() {
    assertEquals(2 * CHUNK, UndoWriter.bytesFor(image.chunkSize(), 0));
    assertEquals((3 + 128) * CHUNK, UndoWriter.bytesFor(image.chunkSize(), 128));
    assertEquals((4 + 129) * CHUNK, UndoWriter.bytesFor(image.chunkSize(), 129));
    assertEquals((4 + 254) * CHUNK, UndoWriter.bytesFor(image.chunkSize(), 254));
    assertEquals((5 + 255) * CHUNK, UndoWriter.bytesFor(image.chunkSize(), 255));
  }
}
