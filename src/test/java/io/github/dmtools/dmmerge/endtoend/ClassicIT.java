package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of the C tool, with text output that may be piped into a shell. */
final class ClassicIT {
  @TempDir private Path directory;

  private Launcher.Result run(String... arguments) {
    return new Launcher(directory).run(arguments);
  }

  @Test
  void isADryRunWithoutForce() {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    String store = fixture.store().toString();
    String origin = fixture.origin().toString();

    String dry = run("-i", store, "-o", origin).expect(0).text();
    assertTrue(dry.contains("7 to write"), dry);
    assertTrue(dry.contains("dry run"), dry);
    assertFalse(dry.contains("store: "), dry);
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()), "it was no dry run");

    String forced = run("-i", store, "-o", origin, "-f").expect(0).text();
    assertTrue(forced.contains("7 written"), forced);
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));

    String again = run("-i", store, "-o", origin, "-f").expect(0).text();
    assertTrue(again.contains(" 0 written, 7 unchanged"), again);
    String nothing = run("-i", store, "-o", origin).expect(0).text();
    assertTrue(nothing.contains("nothing to do"), nothing);
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
  }

  @Test
  void printsMoreWithEachV() {
    Fixture fixture = Fixture.unpack("partial-last-chunk", directory);
    String store = fixture.store().toString();
    String origin = fixture.origin().toString();

    String once = run("-i", store, "-o", origin, "-v").expect(0).text();
    assertTrue(once.contains("store: " + store + ", file, "), once);
    assertTrue(once.contains("origin: " + origin + ", file, 4097536 bytes"), once);
    assertTrue(once.contains("chunks of 4.0 KiB, 1 areas, 3 exceptions"), once);
    assertFalse(once.contains("exception 0"), once);

    for (String[] twice : new String[][] {{"-vv"}, {"-v", "-v"}}) {
      String[] words =
          Stream.concat(Stream.of("-i", store, "-o", origin), Stream.of(twice))
              .toArray(String[]::new);
      String text = run(words).expect(0).text();
      assertTrue(text.startsWith(once.substring(0, once.indexOf("chunks of"))), text);
      for (int exception = 0; exception < 3; exception++) {
        assertTrue(text.contains("exception " + exception + ": chunk "), text);
      }
      assertTrue(text.contains(" 1536 bytes, pending"), text);
    }
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));

    String table = run("-vvi", store).expect(0).text();
    assertTrue(table.contains("exception 2: chunk "), table);
    assertFalse(table.contains("pending"), table);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-f", "-fv", "-fvv"})
  void printsMoreOfAnApplyWithEachV(String options) {
    Fixture fixture = Fixture.unpack("partial-last-chunk", directory);
    String store = fixture.store().toString();
    String origin = fixture.origin().toString();
    String text = run("-i", store, "-o", origin, options).expect(0).text();
    int verbosity = options.length() - 2;
    boolean devices = verbosity > 0;
    assertEquals(devices, text.contains("store: " + store + ", file, "), text);
    assertEquals(devices, text.contains("origin: " + origin + ", file, 4097536 bytes"), text);
    assertEquals(devices, text.contains("chunks of 4.0 KiB, 1 areas, 3 exceptions"), text);
    for (int exception = 0; exception < 3; exception++) {
      assertEquals(verbosity > 1, text.contains("exception " + exception + ": chunk "), text);
    }
    assertTrue(text.contains("3 exceptions: 3 written"), text);
    assertEquals(1 + (devices ? 3 : 0) + (verbosity > 1 ? 3 : 0), text.lines().count(), text);
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
  }

  @Test
  void writesDirectlyWithClusteredOptions() {
    Fixture fixture = Fixture.unpack("commit-16k", directory);
    try (Loop store = Loop.over(fixture.store());
        Loop origin = Loop.over(fixture.origin())) {
      Launcher.Result result =
          run("-vfDi", store.device().toString(), "-o" + origin.device()).expect(0);
      assertTrue(result.text().contains("4 written"), result.text());
      Launcher.Result direct =
          run("-vDi", store.device().toString(), "-o", origin.device().toString()).expect(0);
      assertTrue(
          direct.text().contains("origin: " + origin.device() + ", block, 4194304 bytes"),
          direct.text());
      assertEquals(2, direct.text().lines().filter(line -> line.endsWith(", direct")).count());
    }
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
  }

  /** Without CAP_SYS_ADMIN the kernel does not flush the caches of a device. */
  @Test
  void continuesWithoutAFlushOnlyIfRelaxed() {
    Fixture fixture = Fixture.unpack("commit-16k", directory);
    try (Loop store = Loop.over(fixture.store());
        Loop origin = Loop.over(fixture.origin())) {
      Launcher launcher =
          new Launcher(directory).prefixedBy("setpriv", "--bounding-set=-sys_admin");
      String[] words = {"-i", store.device().toString(), "-o", origin.device().toString(), "-f"};
      Launcher.Result refused = launcher.run(words).expect(74).expectNoTrace();
      assertTrue(refused.stderr().contains("cannot flush the caches"), refused.stderr());
      assertEquals("", refused.text());
      assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));

      Launcher.Result relaxed =
          launcher.run(words[0], words[1], words[2], words[3], "-fx").expect(0);
      assertTrue(relaxed.stderr().contains("warning: cannot flush"), relaxed.stderr());
      assertTrue(relaxed.text().contains("4 written"), relaxed.text());
    }
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
  }

  /** A command line of the classic form that is refused. */
  private record Refused(int status, String... words) {}

  static Stream<Refused> refused() {
    return Stream.of(
        new Refused(64, "-o", "origin"),
        new Refused(64, "-f"),
        new Refused(64, "-d", "-i"),
        new Refused(64, "-i"),
        new Refused(64, "-i", "cow", "-f"),
        new Refused(64, "-i", "cow", "-o", "origin", "-fz"),
        new Refused(64, "-z", "-f", "-i", "cow", "-o", "origin"),
        new Refused(64, "-i", "cow", "-o", "origin", "-f", "surplus"),
        new Refused(65, "-i", "origin", "-o", "cow", "-fd"),
        new Refused(66, "-i", "cow", "-o", "missing", "-f"),
        new Refused(66, "-i", "missing", "-o", "origin", "-df"),
        new Refused(78, "-i", "cow", "-o", "./cow", "-f"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesOnStderrOnly(Refused refused) {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    Launcher.Result result = run(refused.words()).expect(refused.status()).expectNoTrace();
    assertEquals("", result.text(), "stdout may be piped into a shell");
    assertTrue(result.stderr().startsWith("dm-merge: "), result.stderr());
    assertEquals(1, result.stderr().lines().count(), result.stderr());
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
    assertEquals(fixture.info().at("/cow/sha256").asString(), Fixture.sha256(fixture.store()));
  }
}
