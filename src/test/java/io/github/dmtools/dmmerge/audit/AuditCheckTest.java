package io.github.dmtools.dmmerge.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.audit.AuditEvent.Outcome;
import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tampers with a log of 200 lines in every way. */
final class AuditCheckTest {
  private static final int LINES = 200;

  @TempDir private Path directory;
  private Path log = Path.of("");
  private byte[] bytes = {};
  private List<String> lines = List.of();

  @BeforeEach
  void make() throws IOException {
    log = directory.toRealPath().resolve("log");
    SampleLog.appendRun(log, 1, 100 - SampleLog.LINES_BESIDE_EXTENTS);
    SampleLog.appendRun(log, 2, 95 - SampleLog.LINES_BESIDE_EXTENTS);
    SampleLog.appendKilledRun(log, 3);
    bytes = Files.readAllBytes(log);
    lines = Files.readAllLines(log, ISO_8859_1);
    assertEquals(LINES, lines.size());
  }

  @Test
  void listsRuns() {
    AuditReport report = check();
    assertEquals(List.of(), report.findings());
    assertEquals(LINES, report.lines());
    assertEquals(3, report.runs().size());
    RunSummary first = report.runs().get(0);
    assertEquals(SampleLog.run(1), first.run());
    assertEquals(1, first.firstLine());
    assertNotNull(first.startedAt());
    assertTrue(first.lastAt().isAfter(first.startedAt()));
    assertEquals(96, first.extents());
    assertEquals(96 * 4096, first.bytes());
    assertEquals(1, first.batchesWritten());
    assertEquals(0, first.batchesUnconfirmed());
    assertEquals(1, first.failures());
    assertNotNull(first.finished());
    assertEquals(Outcome.FAILED, first.finished().outcome());
    assertEquals("device.read", first.finished().problemCode());
    RunSummary killed = report.runs().get(2);
    assertEquals(196, killed.firstLine());
    assertNull(killed.finished());
    assertEquals(3, killed.extents());
    assertEquals(1, killed.batchesWritten());
    assertEquals(1, killed.batchesUnconfirmed());
  }

  /** Flips bits within a line; line feeds are tested below. */
  @Test
  void findsAFlippedBitInEveryLine() {
    MessageDigest digest = Sha256.create();
    int start = 0;
    for (int line = 1; line <= LINES; line++) {
      int length = lines.get(line - 1).length();
      assertNotNull(ChainLink.read(bytes, start, length, digest));
      for (int at = start; at < start + length; at++) {
        for (int bit = 0; bit < Byte.SIZE; bit++) {
          bytes[at] ^= (byte) (1 << bit);
          assertNull(ChainLink.read(bytes, start, length, digest), "line " + line + ", byte " + at);
          bytes[at] ^= (byte) (1 << bit);
        }
      }
      start += length + 1;
    }
    assertEquals(bytes.length, start);
  }

  @Test
  void findsEveryOtherValueOfAByte() {
    MessageDigest digest = Sha256.create();
    int length = lines.get(0).length();
    for (int at = 0; at < length; at++) {
      for (int change = 1; change < 256; change++) {
        bytes[at] ^= (byte) change;
        assertNull(ChainLink.read(bytes, 0, length, digest), "byte " + at);
        bytes[at] ^= (byte) change;
      }
    }
  }

  /** Also bytes that become line feeds, and line feeds that become other bytes. */
  @Test
  void namesTheLineOfEveryChange() throws IOException {
    int start = 0;
    for (int line = 1; line <= LINES; line++) {
      int feed = start + lines.get(line - 1).length();
      for (int at : new int[] {start, (start + feed) / 2, feed - 91, feed}) {
        for (byte value : new byte[] {'\n', ' '}) {
          if (bytes[at] != value) {
            assertNamed(line, start, at, value);
          }
        }
      }
      start = feed + 1;
    }
  }

  private void assertNamed(int line, int start, int at, byte value) throws IOException {
    byte before = bytes[at];
    bytes[at] = value;
    Files.write(log, bytes);
    AuditReport report = check();
    assertFalse(report.good());
    AuditFinding first = report.findings().get(0);
    assertEquals("audit.changed", first.code(), first::message);
    assertEquals(line, first.line(), first::message);
    assertEquals(start, first.offset());
    assertTrue(first.message().startsWith("line " + line + " "), first::message);
    bytes[at] = before;
  }

  @Test
  void findsEveryMissingLine() throws IOException {
    for (int line = 1; line < LINES; line++) {
      List<String> less = new ArrayList<>(lines);
      less.remove(line - 1);
      expect(less, "audit.missing", line);
    }
  }

  @Test
  void findsEveryDuplicateLine() throws IOException {
    for (int line = 1; line <= LINES; line++) {
      List<String> more = new ArrayList<>(lines);
      more.add(line, lines.get(line - 1));
      expect(more, "audit.reordered", line + 1);
    }
  }

  @Test
  void findsEverySwappedPair() throws IOException {
    for (int line = 1; line < LINES; line++) {
      List<String> swapped = new ArrayList<>(lines);
      Collections.swap(swapped, line - 1, line);
      AuditReport report = write(swapped);
      assertEquals(
          List.of("audit.missing", "audit.reordered"),
          report.findings().stream().map(AuditFinding::code).toList());
      assertEquals(line, report.findings().get(0).line());
      assertEquals(line + 1, report.findings().get(1).line());
    }
  }

  /** A changed line with a new digest breaks the link to the next line. */
  @Test
  void findsALineWithARecomputedDigest() throws IOException {
    for (int line = 1; line < LINES; line++) {
      List<String> forged = new ArrayList<>(lines);
      forged.set(line - 1, sealed(lines.get(line - 1).replace("\"alice\"", "\"mallory\"")));
      expect(forged, "audit.changed", line + 1);
    }
  }

  @Test
  void aFirstLineMustBeTheFirst() throws IOException {
    List<String> others = new ArrayList<>(lines);
    others.set(0, sealed(lines.get(0).replace("\"0000", "\"1000")));
    AuditReport report = write(others);
    assertEquals("audit.changed", report.findings().get(0).code());
    assertEquals(1, report.findings().get(0).line());
  }

  @Test
  void findsALineThatIsNotAnEvent() throws IOException {
    for (String change : List.of("\"no-event\"", "7", "\"run-started\",\"x\"")) {
      String said = sealed(lines.get(0).replace("\"run-started\"", change));
      Files.writeString(log, said + "\n");
      AuditReport report = check();
      assertEquals(1, report.findings().size());
      assertEquals("audit.syntax", report.findings().get(0).code());
      assertEquals(0, report.runs().size());
    }
  }

  @Test
  void findsACutAtAnyByte() throws IOException {
    int start = bytes.length - lines.get(LINES - 1).length() - 1;
    for (int end = start + 1; end < bytes.length; end++) {
      Files.write(log, Arrays.copyOf(bytes, end));
      AuditReport report = check();
      assertEquals(1, report.findings().size());
      assertEquals("audit.cut", report.findings().get(0).code());
      assertEquals(LINES, report.findings().get(0).line());
      assertEquals(start, report.findings().get(0).offset());
      assertEquals(LINES, report.lines());
    }
  }

  /** The log alone does not show it, the head does. */
  @Test
  void findsACutBetweenLinesByTheHead() throws IOException {
    AuditHead before = check().head();
    AuditReport report = write(lines.subList(0, LINES - 1));
    assertTrue(report.good());
    assertNotNull(before);
    assertNotNull(report.head());
    assertEquals(LINES, before.seq());
    assertEquals(LINES - 1, report.head().seq());
  }

  @Test
  void anEmptyLogIsGood() throws IOException {
    AuditReport report = write(List.of());
    assertTrue(report.good());
    assertNull(report.head());
    assertEquals(0, report.lines());
  }

  @Test
  void readsLinesOfAnyLength() throws IOException {
    for (int length :
        new int[] {
          0, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, 10 << 20
        }) {
      Files.writeString(log, lines.get(0) + "\n" + "x".repeat(length) + "\n" + lines.get(2) + "\n");
      AuditReport report = check();
      assertEquals(3, report.lines());
      assertEquals(Files.size(log), report.bytes());
      assertEquals(1, report.findings().size(), report.findings()::toString);
      assertEquals(2, report.findings().get(0).line());
      assertEquals(lines.get(0).length() + 1, report.findings().get(0).offset());
      assertNotNull(report.head());
      assertEquals(3, report.head().seq());
      Files.writeString(log, "x".repeat(length));
      assertEquals(length == 0 ? 0 : 1, check().lines());
      assertEquals(length, check().bytes());
    }
  }

  @Test
  void keepsTheFirstFindingsAndTheLastRuns() throws IOException {
    Files.writeString(log, lines.get(0) + "\n" + "x\n".repeat(1500));
    AuditReport broken = check();
    assertEquals(1000, broken.findings().size());
    assertEquals(500, broken.findingsOmitted());
    assertEquals(2, broken.findings().get(0).line());

    Files.delete(log);
    try (AuditLog audit = SampleLog.open(log)) {
      for (int i = 1; i <= 1003; i++) {
        audit.start(SampleLog.run(i), SampleLog.job());
      }
    }
    AuditReport many = check();
    assertTrue(many.good());
    assertEquals(1000, many.runs().size());
    assertEquals(3, many.runsOmitted());
    assertEquals(SampleLog.run(4), many.runs().get(0).run());
    assertEquals(SampleLog.run(1003), many.runs().get(999).run());
  }

  /** Once, however long the file is. */
  @Test
  void reportsOnceThatAFileIsNotALog() throws IOException {
    for (String text : new String[] {"x", "x\n", "x\n".repeat(1403), "x\n\u0000\ny", "\n"}) {
      Files.writeString(log, text);
      assertEquals(
          List.of(new AuditFinding("audit.no_log", "it is not an audit log", 1, 0)),
          check().findings());
      assertEquals(0, check().findingsOmitted());
    }
    // A damaged first line of a log is a damaged log.
    Files.writeString(log, lines.get(0).replace("alice", "bob") + "\n");
    assertEquals("audit.changed", check().findings().get(0).code());
    Files.write(log, new byte[70_000]);
    assertEquals("audit.cut", check().findings().get(0).code());
  }

  /** A power failure leaves zeroes after a torn line; other bytes are a change. */
  @Test
  void distinguishesATornEndFromAChangedOne() throws IOException {
    int start = bytes.length - lines.get(LINES - 1).length() - 1;
    for (int end : new int[] {start, start + 1, start + 100, bytes.length - 1}) {
      byte[] torn = Arrays.copyOf(Arrays.copyOf(bytes, end), end + 5000);
      Files.write(log, torn);
      assertEquals("audit.cut", check().findings().get(0).code(), "at " + end);
      torn[end + 4000] = '{';
      Files.write(log, torn);
      assertEquals("audit.changed", check().findings().get(0).code(), "at " + end);
    }
  }

  @Test
  void refusesWhatIsNotARegularFile() throws IOException {
    log = directory.resolve("nowhere");
    assertEquals(ProblemCode.PATH_MISSING, problem());
    assertFalse(Files.exists(log));
    log = directory;
    assertEquals(ProblemCode.PATH_WRONG_TYPE, problem());
    log = Path.of("/dev/null");
    assertEquals(ProblemCode.PATH_WRONG_TYPE, problem());
    log = directory.resolve("loop");
    Files.createSymbolicLink(log, log);
    assertEquals(ProblemCode.PATH_WRONG_TYPE, problem());
  }

  private ProblemCode problem() {
    return assertThrows(ProblemException.class, this::check).problem().code();
  }

  private AuditReport check() {
    return SampleLog.check(log);
  }

  private AuditReport write(List<String> changed) throws IOException {
    Files.write(log, changed, ISO_8859_1);
    return check();
  }

  private void expect(List<String> changed, String code, int line) throws IOException {
    List<AuditFinding> findings = write(changed).findings();
    assertEquals(1, findings.size(), findings::toString);
    assertEquals(code, findings.get(0).code());
    assertEquals(line, findings.get(0).line());
  }

  /** Returns the line with its digest recomputed. */
  private static String sealed(String line) {
    String covered = line.substring(0, line.length() - LineFormat.TAIL_BYTES);
    String sha256 = HexFormat.of().formatHex(Sha256.create().digest(covered.getBytes(ISO_8859_1)));
    return covered + ",\"dm_merge.line_sha256\":\"" + sha256 + "\"}";
  }
}
