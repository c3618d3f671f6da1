package io.github.dmtools.dmmerge.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.endtoend.Shell;
import io.github.dmtools.dmmerge.json.JsonAuditCodec;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file: created, continued, locked, full, torn. */
final class AuditLogTest {
  @TempDir private Path directory;
  private Path log = Path.of("");

  @BeforeEach
  void name() throws IOException {
    directory = directory.toRealPath();
    log = directory.resolve("audit.jsonl");
  }

  @Test
  void createsAPrivateFileAndContinuesIt() throws IOException {
    AuditHead first = SampleLog.appendRun(log, 1, 3);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));
    assertNotNull(first);
    assertEquals(7, first.seq());
    byte[] before = Files.readAllBytes(log);
    Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-r-----"));

    AuditHead second = SampleLog.appendRun(log, 2, 1);
    assertNotNull(second);
    assertEquals(12, second.seq());
    byte[] after = Files.readAllBytes(log);
    assertArrayEquals(before, Arrays.copyOf(after, before.length));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));

    AuditReport report = SampleLog.check(log);
    assertEquals(List.of(), report.findings());
    assertEquals(second, report.head());
    assertEquals(12, report.lines());
    assertEquals(after.length, report.bytes());
    assertEquals(List.of(log), files());
  }

  @Test
  void theHeadIsTheLastDurableLine() throws IOException {
    try (AuditLog audit = SampleLog.open(log)) {
      assertNull(audit.head());
      audit.start(SampleLog.run(1), SampleLog.job());
      AuditHead started = audit.head();
      assertNotNull(started);
      assertEquals(1, started.seq());
      assertEquals(1, Files.readAllLines(log).size());
      audit.append(SampleLog.extent(1, 1));
      assertEquals(started, audit.head());
      audit.sync();
      AuditHead synced = audit.head();
      assertNotNull(synced);
      assertEquals(2, synced.seq());
      assertTrue(Files.readAllLines(log).get(1).endsWith(synced.lineSha256() + "\"}"));
      audit.append(SampleLog.extent(1, 2));
    }
    assertEquals(3, Files.readAllLines(log).size(), "closing writes what was appended");
    try (AuditLog audit = SampleLog.open(log)) {
      AuditHead head = audit.head();
      assertNotNull(head);
      assertEquals(3, head.seq());
    }
  }

  @Test
  void nothingIsAppendedBeforeTheRunHasStarted() throws IOException {
    try (AuditLog audit = SampleLog.open(log)) {
      AuditEvent event = SampleLog.extent(1, 1);
      assertThrows(IllegalStateException.class, () -> audit.append(event));
    }
    assertEquals(0, Files.size(log));
  }

  @Test
  void writesManyLinesInLargePieces() {
    int extents = 5000;
    SampleLog.appendRun(log, 1, extents);
    AuditReport report = SampleLog.check(log);
    assertEquals(List.of(), report.findings());
    assertEquals(extents + SampleLog.LINES_BESIDE_EXTENTS, report.lines());
    assertEquals(extents, report.runs().get(0).extents());
  }

  @Test
  void aLineThatCannotBeRenderedLeavesNothing() {
    AuditCodec.Renderer renderer = new JsonAuditCodec().renderer(SampleLog.run(1));
    AuditCodec codec = new FailingOnBatches(renderer);
    try (AuditLog audit =
        AuditLog.open(
            SampleLog.targets(), log.toString(), codec, SampleLog.clock(), unexpected())) {
      audit.start(SampleLog.run(1), SampleLog.job());
      AuditEvent batch = new AuditEvent.BatchWritten(1, 1, 1);
      assertThrows(UnsupportedOperationException.class, () -> audit.append(batch));
      audit.append(SampleLog.extent(1, 1));
    }
    AuditReport report = SampleLog.check(log);
    assertEquals(List.of(), report.findings());
    assertEquals(2, report.lines());
  }

  private record FailingOnBatches(Renderer renderer) implements AuditCodec {
    @Override
    public Renderer renderer(AuditRun run) {
      return (event, time, out) -> {
        renderer.render(event, time, out);
        if (event instanceof AuditEvent.BatchWritten) {
          throw new UnsupportedOperationException("cannot");
        }
      };
    }

    @Override
    public AuditLine parse(byte[] bytes, int offset, int length) {
      throw new UnsupportedOperationException("not needed");
    }
  }

  /** Wherever the last line is torn, its rest is moved and the log is continued. */
  @Test
  void movesATornLine() throws IOException {
    SampleLog.appendRun(log, 1, 2);
    byte[] whole = Files.readAllBytes(log);
    int lastLine = lineStart(whole);
    AuditHead before = null;
    for (int cut = lastLine; cut < whole.length; cut++) {
      Path torn = directory.resolve("audit.jsonl.torn-1");
      Files.write(log, Arrays.copyOf(whole, cut));
      List<Warning> warnings = new ArrayList<>();
      try (AuditLog audit = SampleLog.open(log, warnings)) {
        before = audit.head();
        audit.start(SampleLog.run(2), SampleLog.job());
      }
      assertNotNull(before);
      assertEquals(5, before.seq());
      if (cut == lastLine) {
        assertEquals(List.of(), warnings);
        assertEquals(List.of(log), files());
      } else {
        assertEquals(1, warnings.size());
        assertEquals("audit.torn", warnings.get(0).code());
        assertEquals(torn.toString(), warnings.get(0).path());
        assertArrayEquals(Arrays.copyOfRange(whole, lastLine, cut), Files.readAllBytes(torn));
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(torn)));
      }
      AuditReport report = SampleLog.check(log);
      assertEquals(List.of(), report.findings());
      assertEquals(6, report.lines());
      assertEquals(cut == lastLine ? 0 : 1, report.warnings().size());
      Files.deleteIfExists(torn);
    }
  }

  /** Killed between copy and truncation: a complete or partial copy exists, and the log is torn. */
  @Test
  void neverReplacesTheFileOfAnEarlierTornLine() throws IOException {
    SampleLog.appendRun(log, 1, 2);
    byte[] whole = Files.readAllBytes(log);
    Files.write(log, Arrays.copyOf(whole, whole.length - 7));
    Path earlier = Files.writeString(directory.resolve("audit.jsonl.torn-1"), "earlier");
    SampleLog.open(log, new ArrayList<>()).close();
    assertEquals("earlier", Files.readString(earlier));
    byte[] kept = Files.readAllBytes(directory.resolve("audit.jsonl.torn-2"));
    assertArrayEquals(Arrays.copyOfRange(whole, lineStart(whole), whole.length - 7), kept);
    List<Warning> warnings = SampleLog.check(log).warnings();
    assertEquals(
        List.of(earlier.toString(), directory.resolve("audit.jsonl.torn-2").toString()),
        warnings.stream().map(Warning::path).toList());
  }

  /** A power failure may leave zeroes of a first line that was never durable. */
  @Test
  void movesZeroes() throws IOException {
    Files.write(log, new byte[5000]);
    try (AuditLog audit = SampleLog.open(log, new ArrayList<>())) {
      audit.start(SampleLog.run(1), SampleLog.job());
    }
    assertArrayEquals(new byte[5000], Files.readAllBytes(directory.resolve("audit.jsonl.torn-1")));
  }

  /** A file system may make the size durable before the bytes. */
  @Test
  void movesATornLineAndTheZeroesAfterIt() throws IOException {
    SampleLog.appendRun(log, 1, 50);
    byte[] whole = Files.readAllBytes(log);
    for (int cut : new int[] {8192, lineStart(whole), lineStart(whole) + 1}) {
      byte[] torn = Arrays.copyOf(Arrays.copyOf(whole, cut), whole.length + 70_000);
      Files.write(log, torn);
      List<Warning> warnings = new ArrayList<>();
      try (AuditLog audit = SampleLog.open(log, warnings)) {
        audit.start(SampleLog.run(2), SampleLog.job());
      }
      assertEquals(1, warnings.size());
      Path kept = directory.resolve("audit.jsonl.torn-1");
      byte[] aside = Files.readAllBytes(kept);
      int left = torn.length - aside.length;
      assertTrue(left <= cut && whole[left - 1] == '\n', "cut at " + left);
      assertArrayEquals(Arrays.copyOfRange(torn, left, torn.length), aside);
      assertTrue(SampleLog.check(log).good());
      Files.delete(kept);
    }
  }

  /** A stopped run leaves nothing after zeroes. */
  @Test
  void movesNothingIfBytesFollowZeroes() throws IOException {
    SampleLog.appendRun(log, 1, 50);
    byte[] whole = Files.readAllBytes(log);
    byte[] holed = whole.clone();
    Arrays.fill(holed, 8192, 12288, (byte) 0);
    refuses(holed);
    byte[] torn = Arrays.copyOf(whole, whole.length - 100);
    torn[lineStart(whole) + 200] = 0;
    refuses(torn);
  }

  /** Any byte of the checked end counts, whatever it becomes. */
  @Test
  void movesNothingIfAByteWasChanged() throws IOException {
    SampleLog.appendRun(log, 1, 2);
    SampleLog.appendRun(log, 2, 2);
    byte[] whole = Files.readAllBytes(log);
    for (int at = 0; at < whole.length - 1; at += 41) {
      for (byte value : new byte[] {0, ' ', '\n', 'x'}) {
        if (whole[at] != value) {
          byte[] changed = whole.clone();
          changed[at] = value;
          refuses(changed);
        }
      }
    }
  }

  /** Two lines without the line feed between them are not an unfinished line. */
  @Test
  void movesNothingIfALineFeedIsMissing() throws IOException {
    SampleLog.appendRun(log, 1, 2);
    byte[] whole = Files.readAllBytes(log);
    byte[] joined = whole.clone();
    for (int at = whole.length / 2; at < whole.length; at++) {
      joined[at] = whole[at] == '\n' ? (byte) ' ' : whole[at];
    }
    refuses(joined);
    byte[] forged = Arrays.copyOf(whole, whole.length - 1);
    forged[forged.length - 200] ^= 1;
    refuses(forged);
  }

  @Test
  void refusesLinesThatAreMissingOrMoved() throws IOException {
    SampleLog.appendRun(log, 1, 3);
    List<String> lines = Files.readAllLines(log);
    for (int line = 0; line < lines.size() - 1; line++) {
      List<String> less = new ArrayList<>(lines);
      less.remove(line);
      refuses((String.join("\n", less) + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Only the end is checked, so the rest costs nothing. */
  @Test
  void checksTheLast16MiB() throws IOException {
    AuditRun run = SampleLog.run(1);
    AuditRun talkative =
        new AuditRun(run.id(), "/o", "/s", null, "x".repeat(1 << 18), run.operator());
    try (AuditLog audit = SampleLog.open(log)) {
      audit.start(talkative, SampleLog.job());
      for (int i = 0; i < 80; i++) {
        audit.append(SampleLog.extent(1, i));
      }
    }
    byte[] whole = Files.readAllBytes(log);
    long checked = whole.length - LogTail.CHECKED_BYTES;
    assertTrue(checked > 2 << 20);
    byte[] changed = whole.clone();
    changed[(int) checked - (1 << 18) - 1000] ^= 1;
    Files.write(log, changed);
    SampleLog.open(log).close();
    assertFalse(SampleLog.check(log).good());
    for (long at : new long[] {checked + (1 << 18) + 1000, whole.length - 10}) {
      changed = whole.clone();
      changed[(int) at] ^= 1;
      refuses(changed);
    }
  }

  private void refuses(byte[] broken) throws IOException {
    Files.write(log, broken);
    expect(ProblemCode.AUDIT_BROKEN);
    assertArrayEquals(broken, Files.readAllBytes(log));
    assertEquals(List.of(log), files());
    assertFalse(SampleLog.check(log).good());
  }

  /** Another file, named by mistake: its last line may lack a line feed. */
  @Test
  void leavesAFileThatIsNotALogAsItIs() throws IOException {
    for (String text : new String[] {"x", "not a log", "a line\nand a bit", "{\"seq\":1", "\n"}) {
      Files.writeString(log, text);
      expect(ProblemCode.AUDIT_BROKEN);
      assertEquals(text, Files.readString(log));
      assertFalse(Files.exists(directory.resolve("audit.jsonl.torn-1")));
    }
  }

  /** A torn first line, also one that is longer than one read. */
  @ParameterizedTest
  @ValueSource(ints = {1, 65535, 65536, 65537, 4 << 20})
  void movesATornFirstLine(int bytes) throws IOException {
    byte[] torn = new byte[bytes];
    Arrays.fill(torn, (byte) 'x');
    String prev = "\"dm_merge.prev_sha256\":\"" + "0".repeat(64) + "\"";
    byte[] begin = ("{\"dm_merge.seq\":1," + prev).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(begin, 0, torn, 0, Math.min(bytes, begin.length));
    Files.write(log, torn);
    List<Warning> warnings = new ArrayList<>();
    try (AuditLog audit = SampleLog.open(log, warnings)) {
      assertNull(audit.head());
      audit.start(SampleLog.run(1), SampleLog.job());
    }
    assertEquals(1, warnings.size());
    assertArrayEquals(torn, Files.readAllBytes(directory.resolve("audit.jsonl.torn-1")));
    assertTrue(SampleLog.check(log).good());
  }

  @Test
  void continuesAfterALongLine() throws IOException {
    AuditRun run = SampleLog.run(1);
    AuditRun talkative =
        new AuditRun(run.id(), "/o", "/s", null, "\u0001".repeat(1 << 18), run.operator());
    for (int i = 1; i <= 3; i++) {
      try (AuditLog audit = SampleLog.open(log)) {
        audit.start(talkative, SampleLog.job());
        audit.append(SampleLog.extent(1, 1));
        audit.sync();
      }
    }
    AuditReport report = SampleLog.check(log);
    assertEquals(List.of(), report.findings());
    assertEquals(6, report.lines());
    assertTrue(Files.size(log) > 36L * (1 << 18));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "{}\n", "no log of ours\n"})
  void refusesToContinueABrokenChain(String end) throws IOException {
    SampleLog.appendRun(log, 1, 2);
    Files.writeString(log, end, StandardOpenOption.APPEND);
    byte[] before = Files.readAllBytes(log);
    expect(ProblemCode.AUDIT_BROKEN);
    assertArrayEquals(before, Files.readAllBytes(log));
    assertEquals(List.of(log), files());
  }

  @Test
  void refusesToContinueAfterALineThatIsTooLong() throws IOException {
    Files.writeString(log, "x".repeat(LineFormat.MAX_LINE_BYTES + 1) + "\n");
    expect(ProblemCode.AUDIT_BROKEN);
  }

  @Test
  void isLocked() {
    try (AuditLog first = SampleLog.open(log)) {
      first.start(SampleLog.run(1), SampleLog.job());
      expect(ProblemCode.AUDIT_BUSY);
    }
    SampleLog.appendRun(log, 2, 1);
    assertTrue(SampleLog.check(log).good());
  }

  @Test
  void refusesWhatIsNotARegularFile() throws IOException {
    Files.createDirectory(log);
    assertTrue(expect(ProblemCode.AUDIT_OPEN).endsWith("it is not a regular file"));
    Files.delete(log);

    Shell.run("mkfifo", log.toString());
    assertTrue(expect(ProblemCode.AUDIT_OPEN).endsWith("it is not a regular file"));
    Files.delete(log);

    Files.createSymbolicLink(log, directory.resolve("nowhere"));
    expect(ProblemCode.AUDIT_OPEN);
    assertFalse(Files.exists(directory.resolve("nowhere")));
    Files.delete(log);

    Files.createSymbolicLink(log, log);
    expect(ProblemCode.AUDIT_OPEN);
    Files.delete(log);

    log = directory.resolve("no/such/directory");
    assertTrue(expect(ProblemCode.AUDIT_OPEN).endsWith("No such file or directory"));
    log = Path.of("/dev/full");
    expect(ProblemCode.AUDIT_OPEN);
  }

  @Test
  void followsALinkAndMovesTornLinesBesideTheLog() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real")).resolve("log");
    SampleLog.appendRun(real, 1, 1);
    Files.writeString(real, "{\"dm_merge.seq\":6", StandardOpenOption.APPEND);
    Files.createSymbolicLink(log, real);
    SampleLog.open(log, new ArrayList<>()).close();
    assertEquals("{\"dm_merge.seq\":6", Files.readString(real.resolveSibling("log.torn-1")));
    assertEquals(1, SampleLog.check(log).warnings().size());
  }

  /** A full disk ends the run; the torn line is moved, and the log is continued. */
  @Test
  void fullDisk() throws IOException {
    Path mount = Files.createDirectory(directory.resolve("small"));
    Shell.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount.toString());
    try {
      log = mount.resolve("log");
      try (AuditLog audit = SampleLog.open(log)) {
        audit.start(SampleLog.run(1), SampleLog.job());
        for (int i = 0; i < 100; i++) {
          audit.append(SampleLog.extent(1, i));
        }
        assertEquals(ProblemCode.AUDIT_WRITE, codeOf(audit::sync));
        assertEquals(ProblemCode.AUDIT_WRITE, codeOf(audit::sync));
        assertEquals(ProblemCode.AUDIT_WRITE, codeOf(() -> audit.append(SampleLog.extent(2, 1))));
        AuditHead head = audit.head();
        assertNotNull(head);
        assertEquals(1, head.seq(), "nothing more is known to be durable");
      }
      byte[] left = Files.readAllBytes(log);
      assertEquals(64 << 10, left.length);
      expect(ProblemCode.AUDIT_WRITE); // no space for the torn line
      assertArrayEquals(left, Files.readAllBytes(log));

      Shell.run("mount", "-o", "remount,size=1m", mount.toString());
      List<Warning> warnings = new ArrayList<>();
      try (AuditLog audit = SampleLog.open(log, warnings)) {
        audit.start(SampleLog.run(2), SampleLog.job());
      }
      assertEquals(1, warnings.size());
      byte[] torn = Files.readAllBytes(mount.resolve("log.torn-1"));
      int whole = left.length - torn.length;
      assertArrayEquals(Arrays.copyOfRange(left, whole, left.length), torn);
      assertArrayEquals(Arrays.copyOf(left, whole), Arrays.copyOf(Files.readAllBytes(log), whole));
      AuditReport report = SampleLog.check(log);
      assertEquals(List.of(), report.findings());
      assertEquals(1, report.runs().get(0).batchesUnconfirmed());
    } finally {
      Shell.run("umount", "--lazy", mount.toString());
    }
  }

  /** What {@link LineFormat} tells an auditor to do, done. */
  @Test
  void isCheckedByShellTools() throws IOException {
    SampleLog.appendRun(log, 1, 2);
    List<String> lines = Files.readAllLines(log);
    String prev = "0".repeat(64);
    for (int n = 1; n <= lines.size(); n++) {
      String command =
          "sed -n " + n + "p '" + log + "' | tr -d '\\n' | head -c -91 | sha256sum | cut -c -64";
      String line = lines.get(n - 1);
      assertTrue(line.startsWith("{\"dm_merge.seq\":" + n + ",\"dm_merge.prev_sha256\":\"" + prev));
      prev = Shell.run("sh", "-c", command);
      assertTrue(line.endsWith(",\"dm_merge.line_sha256\":\"" + prev + "\"}"), line);
    }
  }

  private static WarningSink unexpected() {
    return warning -> {
      throw new AssertionError(warning.message());
    };
  }

  private String expect(ProblemCode code) {
    ProblemException e =
        assertThrows(
            ProblemException.class,
            () ->
                AuditLog.open(
                    SampleLog.targets(),
                    log.toString(),
                    new JsonAuditCodec(),
                    Clock.systemUTC(),
                    unexpected()));
    assertEquals(code, e.problem().code(), e.getMessage());
    return e.problem().message();
  }

  private static ProblemCode codeOf(Runnable action) {
    return assertThrows(ProblemException.class, action::run).problem().code();
  }

  private static int lineStart(byte[] whole) {
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    return text.lastIndexOf('\n', whole.length - 2) + 1;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
