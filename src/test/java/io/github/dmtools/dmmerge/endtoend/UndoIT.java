package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An undo store belongs to one job and one origin, and does not overwrite later writes. */
final class UndoIT {
  private static final int CHUNK = 4096;

  /** Writes past it fail in {@link #failingRun}. */
  private static final int LIMIT = 1024 * CHUNK;

  /** Ends with a partial sector. */
  private static final int ORIGIN_BYTES = 2048 * CHUNK + 700;

  private static final int NEW = 'n';

  @TempDir private Path directory;
  private Path origin = Path.of("");
  private Path store = Path.of("");
  private Path undo = Path.of("");
  private byte[] before = {};

  @BeforeEach
  void make() throws IOException {
    directory = directory.toRealPath();
    before = Stamp.of('o', ORIGIN_BYTES);
    origin = Files.write(directory.resolve("origin"), before);
    undo = directory.resolve("undo");
    store = store("store", 0, 3, 1500, 2048);
  }

  /** A run fails after it saved chunks; another job must not continue its undo store. */
  @Test
  void anotherJobDoesNotContinueAnUndoStore() throws IOException {
    failingRun();
    write(0, NEW, 0, CHUNK);
    byte[] newer = Files.readAllBytes(origin);
    byte[] saved = Files.readAllBytes(undo);
    Path other = store("other", 5, 6);
    JsonNode report = run(job(other, origin).put("undo", undo.toString())).expect(78).json();
    assertEquals("undo.other_job", report.at("/problem/code").asString());
    assertEquals(undo.toString(), report.at("/problem/path").asString());
    assertArrayEquals(newer, Files.readAllBytes(origin));
    assertArrayEquals(saved, Files.readAllBytes(undo));
    // An undo does not erase later writes.
    run(job(undo, origin)).expectProblem(78, "undo.foreign");
    assertArrayEquals(newer, Files.readAllBytes(origin));
  }

  /** The same table, but its data was replaced between the runs. */
  @Test
  void aStoreWithOtherDataIsAnotherJob() throws IOException {
    failingRun();
    byte[] half = Files.readAllBytes(origin);
    Files.delete(store);
    byte[] bytes = Files.readAllBytes(store("store", 0, 3, 1500, 2048));
    Arrays.fill(bytes, 4 * CHUNK, 5 * CHUNK, (byte) 'z');
    Files.write(store, bytes);
    JsonNode report = run(job(store, origin).put("undo", undo.toString())).expect(78).json();
    assertEquals("undo.other_job", report.at("/problem/code").asString());
    assertArrayEquals(half, Files.readAllBytes(origin));
  }

  @Test
  void theSameJobContinuesItsUndoStore() throws IOException {
    String first = failingRun().at("/undo/run_id").asString();
    JsonNode report = run(job(store, origin).put("undo", undo.toString())).expect(0).json();
    assertTrue(report.at("/undo/continued").asBoolean());
    assertEquals(first, report.at("/undo/run_id").asString());
    assertEquals("lasting", report.at("/undo/origin_binding").asString());
    assertArrayEquals(after(), Files.readAllBytes(origin));
    undone();
  }

  @Test
  void theRunHasOneId() throws IOException {
    Path log = directory.resolve("log");
    ObjectNode job = job(store, origin).put("undo", undo.toString()).put("audit", log.toString());
    JsonNode report = run(job).expect(0).json();
    assertEquals(36, report.at("/undo/run_id").asString().length());
    assertEquals(report.at("/audit/run_id"), report.at("/undo/run_id"));
  }

  @Test
  void laterWritesAreNotOverwritten() throws IOException {
    apply();
    foreign(1500, 512, 512);
    foreign(1500, 3 * 512 + 511, 1);
    foreign(2048, 512, 188);
    foreign(2048, 699, 1);
    foreign(1500, 0, CHUNK);
  }

  private void foreign(int chunk, int offset, int length) throws IOException {
    byte[] good = Files.readAllBytes(origin);
    write(chunk, NEW, offset, length);
    byte[] newer = Files.readAllBytes(origin);
    Problem problem = InProcess.refusal(undo, origin);
    assertEquals(ProblemCode.UNDO_FOREIGN, problem.code());
    assertEquals((long) chunk * CHUNK, problem.offset());
    assertEquals(origin.toString(), problem.path());
    assertArrayEquals(newer, Files.readAllBytes(origin));
    Files.write(origin, good);
  }

  @Test
  void dataOfOthersIsInEveryDocument() throws IOException {
    apply();
    write(1500, NEW, 512, 512);
    byte[] newer = Files.readAllBytes(origin);
    JsonNode problem = run(job(undo, origin)).expectProblem(78, "undo.foreign").json();
    assertEquals(1500L * CHUNK, problem.path("offset").asLong());
    run(job(undo, origin).put("force", false)).expectProblem(78, "undo.foreign");
    JsonNode plan = launcher(job(undo, origin)).run("plan", "-").expect(0).json();
    assertEquals("undo.foreign", plan.at("/warnings/0/code").asString());
    launcher(job(undo, origin)).run("plan", "--metadata-only", "-").expect(0);
    assertArrayEquals(newer, Files.readAllBytes(origin));
  }

  @Test
  void theJobMayOverwriteForeignData() throws IOException {
    apply();
    write(3, NEW, 512, 512);
    ObjectNode job = job(undo, origin).put("overwrite_foreign", true);
    JsonNode report = run(job).expect(0).json();
    assertEquals("undo.foreign", report.at("/warnings/0/code").asString());
    assertArrayEquals(before, Files.readAllBytes(origin));
  }

  /** A killed run wrote some sectors of a chunk. */
  @Test
  void aTornChunkIsNotForeign() throws IOException {
    failingRun();
    write(1500, 's', 0, 2048);
    undone();
  }

  @Test
  void anUndoCanBeUndone() throws IOException {
    apply();
    Path second = directory.resolve("second");
    run(job(undo, origin).put("undo", second.toString())).expect(0);
    assertArrayEquals(before, Files.readAllBytes(origin));
    run(job(second, origin)).expect(0);
    assertArrayEquals(after(), Files.readAllBytes(origin));
    undone();
  }

  @Test
  void anUndoStoreIsAValidStore() throws IOException {
    apply();
    JsonNode check =
        Launcher.inThisProcess(directory).run("check", undo.toString()).expect(0).json();
    assertEquals(4, check.at("/store/exceptions").asInt());
    assertEquals(0, check.path("findings").size());
  }

  /** Another image of the same name and size. */
  @Test
  void theImageOfALoopDeviceIsReplaced() throws IOException {
    Path image = Files.write(directory.resolve("image"), Arrays.copyOf(before, 2047 * CHUNK));
    Path small = store("small", 0, 3, 1500);
    try (Loop loop = Loop.over(image)) {
      JsonNode report =
          run(job(small, loop.device()).put("undo", undo.toString())).expect(0).json();
      assertEquals("applied", report.path("status").asString());
    }
    Path other = Files.write(directory.resolve("other"), Stamp.of('x', 2047 * CHUNK));
    Path away = Files.move(image, directory.resolve("away"));
    Files.move(other, image);
    String unchanged = Fixture.sha256(image);
    try (Loop loop = Loop.over(image)) {
      run(job(undo, loop.device()).put("overwrite_foreign", true))
          .expectProblem(78, "undo.other_origin");
    }
    assertEquals(unchanged, Fixture.sha256(image));
    Files.move(away, image, StandardCopyOption.REPLACE_EXISTING);
    try (Loop loop = Loop.over(image)) {
      run(job(undo, loop.device())).expect(0);
    }
    assertArrayEquals(Arrays.copyOf(before, 2047 * CHUNK), Files.readAllBytes(image));
  }

  /** An earlier version did not record what it wrote. */
  @Test
  void anOldUndoStore() throws IOException {
    Path old = oldUndoStore(true);
    byte[] content = Files.readAllBytes(origin);
    // It equals the origin.
    run(job(old, origin)).expect(0);
    write(3, NEW, 0, CHUNK);
    byte[] newer = Files.readAllBytes(origin);
    JsonNode problem = run(job(old, origin)).expectProblem(78, "undo.foreign").json();
    assertTrue(problem.path("message").asString().contains("did not record"));
    assertArrayEquals(newer, Files.readAllBytes(origin));
    run(job(old, origin).put("overwrite_foreign", true)).expect(0);
    assertArrayEquals(content, Files.readAllBytes(origin));
  }

  @Test
  void anOldUnfinishedUndoStoreIsNotContinued() throws IOException {
    Path old = oldUndoStore(false);
    byte[] saved = Files.readAllBytes(old);
    JsonNode report = run(job(store, origin).put("undo", old.toString())).expect(78).json();
    assertEquals("undo.other_job", report.at("/problem/code").asString());
    assertTrue(report.at("/problem/message").asString().contains("older version"));
    assertArrayEquals(before, Files.readAllBytes(origin));
    assertArrayEquals(saved, Files.readAllBytes(old));
  }

  private Path oldUndoStore(boolean complete) throws IOException {
    Path path = directory.resolve("old");
    StoreFile file = new StoreFile(path, 8, 3 * CHUNK).entry(3, 2);
    file.bytes(2 * CHUNK, Arrays.copyOfRange(before, 3 * CHUNK, 4 * CHUNK));
    ByteBuffer mark = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    mark.put("dm-merge undo 1\n".getBytes(StandardCharsets.US_ASCII)).putLong(ORIGIN_BYTES);
    mark.putInt(complete ? 1 : 0).putInt(0).put(sha256("a name".getBytes(StandardCharsets.UTF_8)));
    file.bytes(256, mark.array()).bytes(256 + 64, sha256(mark.array()));
    return path;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Entries that dm-merge did not write. */
  @Test
  void anUndoStoreWithForeignEntries() throws IOException {
    apply();
    byte[] bytes = Files.readAllBytes(undo);
    byte[] first = Arrays.copyOfRange(bytes, CHUNK, CHUNK + 16);
    System.arraycopy(bytes, CHUNK + 16, bytes, CHUNK, 16);
    System.arraycopy(first, 0, bytes, CHUNK + 16, 16);
    Files.write(undo, bytes);
    run(job(undo, origin)).expectProblem(78, "undo.not_ours");
    assertArrayEquals(after(), Files.readAllBytes(origin));
    JsonNode report = run(job(undo, origin).put("overwrite_foreign", true)).expect(0).json();
    assertEquals("undo.not_ours", report.at("/warnings/0/code").asString());
    assertArrayEquals(before, Files.readAllBytes(origin));
  }

  /** Without a valid mark, it is unknown what was written. */
  @Test
  void anUndoStoreWithADamagedMark() throws IOException {
    apply();
    byte[] bytes = Files.readAllBytes(undo);
    for (int at : new int[] {0, 15, 70}) {
      byte[] damaged = bytes.clone();
      damaged[256 + at] ^= 1;
      Files.write(undo, damaged);
      run(job(undo, origin)).expectProblem(78, "undo.not_ours");
      assertArrayEquals(after(), Files.readAllBytes(origin));
    }
    run(job(undo, origin).put("overwrite_foreign", true)).expect(0);
    assertArrayEquals(before, Files.readAllBytes(origin));
  }

  /** A copy in the upper layer has another creation time, and may have another inode number. */
  @Test
  void aFileOnAnOverlayIsBoundToTheBoot() throws IOException {
    try (Setup setup = new Setup()) {
      Path layers = setup.tmpfs(Files.createDirectory(directory.resolve("layers")), "64m");
      for (String layer : new String[] {"lower", "upper", "work", "merged"}) {
        Files.createDirectory(layers.resolve(layer));
      }
      Files.write(layers.resolve("lower/origin"), before);
      setup.overlay(layers);
      origin = layers.resolve("merged/origin");
      JsonNode report = run(job(store, origin).put("undo", undo.toString())).expect(0).json();
      assertEquals("boot", report.at("/undo/origin_binding").asString());
      assertArrayEquals(after(), Files.readAllBytes(origin));
      undone();
    }
  }

  /** Saves all four chunks and writes two of them. */
  private JsonNode failingRun() {
    JsonNode report =
        launcher(job(store, origin).put("undo", undo.toString()))
            .prefixedBy("prlimit", "--fsize=" + LIMIT, "--")
            .run("apply", "-")
            .expect(74)
            .json();
    assertEquals(4, report.at("/undo/exceptions").asInt());
    assertEquals(2, report.at("/counts/written").asInt());
    return report;
  }

  private void apply() throws IOException {
    run(job(store, origin).put("undo", undo.toString())).expect(0);
    assertArrayEquals(after(), Files.readAllBytes(origin));
  }

  private void undone() throws IOException {
    run(job(undo, origin)).expect(0);
    assertArrayEquals(before, Files.readAllBytes(origin));
  }

  private byte[] after() {
    byte[] bytes = before.clone();
    for (int chunk : new int[] {0, 3, 1500, 2048}) {
      int from = chunk * CHUNK;
      Arrays.fill(bytes, from, Math.min(from + CHUNK, bytes.length), (byte) 's');
    }
    return bytes;
  }

  private Path store(String name, int... chunks) {
    StoreFile file = new StoreFile(directory.resolve(name), 8, (2L + chunks.length) * CHUNK);
    for (int i = 0; i < chunks.length; i++) {
      file.entry(chunks[i], 2 + i).data(2 + i, 's');
    }
    return file.path();
  }

  private void write(int chunk, int fill, int offset, int length) throws IOException {
    byte[] bytes = Files.readAllBytes(origin);
    Arrays.fill(bytes, chunk * CHUNK + offset, chunk * CHUNK + offset + length, (byte) fill);
    Files.write(origin, bytes);
  }

  private static ObjectNode job(Path input, Path output) {
    return new JsonMapper()
        .createObjectNode()
        .put("input", input.toString())
        .put("output", output.toString())
        .put("force", true);
  }

  private Launcher launcher(ObjectNode job) {
    return Launcher.inThisProcess(directory).stdin(job.toString());
  }

  private Launcher.Result run(ObjectNode job) {
    return launcher(job).run("apply", "-");
  }
}
