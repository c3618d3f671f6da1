package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dd lines of a plan, run with {@code sh}, have the same effect as apply. */
final class DdLinesIT {
  private static final int CHUNK = 4096;

  @TempDir private Path directory;

  private DdLines plan(String job) {
    return DdLines.of(
        Launcher.inThisProcess(directory).stdin(job).run("plan", "-").expect(0).json());
  }

  @ParameterizedTest
  @CsvSource({
    "partial-last-chunk, false",
    "partial-last-chunk, true",
    "commit-512k, false",
    "lvm-raw-64k, true",
    "one-area-257, false",
    "overflow-PO, false"
  })
  void giveTheSameBytesAsApply(String name, boolean direct) {
    Fixture fixture = Fixture.unpack(name, directory);
    plan(DirectJob.of(fixture.store(), fixture.origin(), direct)).run(directory);
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
    assertEquals(fixture.info().at("/cow/sha256").asString(), Fixture.sha256(fixture.store()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clipTheEndOfAFileWithAPartialSector(boolean direct) throws IOException {
    Path store = directory.resolve("cow");
    new StoreFile(store, CHUNK / 512, 1 << 20).entry(10, 2).data(2, 0xab).entry(0, 3).data(3, 0xcd);
    Path origin = StoreFile.sparse(directory.resolve("origin"), CHUNK * 10 + 777);
    Path copy = Files.copy(origin, directory.resolve("copy"));

    plan(DirectJob.of(store, origin, direct)).run(directory);
    Launcher.inThisProcess(directory)
        .stdin(DirectJob.of(store, copy, direct))
        .run("apply", "-")
        .expect(0);

    byte[] bytes = Files.readAllBytes(origin);
    assertEquals(CHUNK * 10 + 777, bytes.length, "the file grew");
    assertEquals((byte) 0xab, bytes[bytes.length - 1]);
    assertEquals((byte) 0xcd, bytes[0]);
    assertEquals(Fixture.sha256(copy), Fixture.sha256(origin));
  }

  /** Without an output, the size of the origin is unknown, and the plan warns of that. */
  @Test
  void mayGrowAFileOfUnknownSize() throws IOException {
    Path store = directory.resolve("cow");
    new StoreFile(store, CHUNK / 512, 1 << 20).entry(10, 2).data(2, 0xab).entry(0, 3).data(3, 0xcd);
    Path origin = StoreFile.sparse(directory.resolve("origin"), CHUNK * 10 + 777);
    Path copy = Files.copy(origin, directory.resolve("copy"));
    String bare = "{\"input\":\"" + store + "\"}";

    for (String[] words : new String[][] {{"plan", "-"}, {"plan", "--metadata-only", "-"}}) {
      Launcher.Result result = new Launcher(directory).stdin(bare).run(words).expect(0);
      JsonNode warnings = result.json().path("warnings");
      assertEquals(1, warnings.size(), warnings::toString);
      assertEquals("plan.unknown_size", warnings.get(0).path("code").asString());
      assertTrue(result.stderr().contains("warning: "), result.stderr());
    }
    assertEquals(0, plan(bare).run(directory, Map.of("ORIGIN", origin.toString())).status());
    assertEquals(CHUNK * 11, Files.size(origin), "then there is nothing to warn of");

    String full = DirectJob.of(store, copy, false);
    JsonNode plan = new Launcher(directory).stdin(full).run("plan", "-").expect(0).json();
    assertEquals(0, plan.path("warnings").size(), plan::toString);
    DdLines.of(plan).run(directory);
    assertEquals(CHUNK * 10 + 777, Files.size(copy));
  }

  @Test
  void haveWarningsOnStderrOnlyIfTheyArePrinted() {
    new StoreFile(directory.resolve("cow"), CHUNK / 512, 1 << 20).entry(10, 2).data(2, 0xab);
    Launcher.Result lines = new Launcher(directory).run("-i", "cow", "-d").expect(0);
    assertTrue(lines.stderr().contains("warning: "), lines.stderr());
    assertEquals(1, lines.text().lines().count(), lines.text());
    assertTrue(lines.text().startsWith("dd if="), lines.text());
    Launcher.Result text = new Launcher(directory).run("-i", "cow").expect(0);
    assertEquals("", text.stderr());
    new StoreFile(directory.resolve("empty"), CHUNK / 512, 1 << 20);
    Launcher.Result none = new Launcher(directory).stdin("{\"input\":\"empty\"}").run("plan", "-");
    assertEquals(0, none.expect(0).json().path("warnings").size(), none.text());
  }

  /** Names of a store and of an origin. */
  private record Names(String store, String origin) {}

  static Stream<Names> names() {
    return Stream.of(
        new Names("with blank", "  two  ends  "),
        new Names("it's one", "''"),
        new Names("\"double\"", "\\\"mixed'\\"),
        new Names("$HOME", "$(touch expanded)${IFS}"),
        new Names("`touch expanded`", "back\\slash\\n\\"),
        new Names("line\nfeed", "\nat both ends\n"),
        new Names("*", "?[a-z]{b,c}~"),
        new Names("-n", "--of=tab\there"),
        new Names("größe-Ω-漢", "naïve;touch expanded&b|c>d<e#!"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void supportAnyName(Names names) throws IOException {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    // Links, created by a script in UTF-8: the locale of this Java may not support such names.
    Path links = Files.createDirectory(directory.resolve("links"));
    Path script = directory.resolve("link.sh");
    Files.writeString(
        script,
        String.format(
            "cd '%s'\nln ../cow ./%s\nln ../origin ./%s\n",
            links, quoted(names.store()), quoted(names.origin())));
    Shell.run("sh", "-e", script.toString());
    String job =
        new JsonMapper()
            .createObjectNode()
            .put("input", names.store())
            .put("output", names.origin())
            .toString();

    DdLines lines = DdLines.of(new Launcher(links).stdin(job).run("plan", "-").expect(0).json());
    Files.delete(fixture.store());
    lines.run(directory);

    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
    assertTrue(Files.notExists(directory.resolve("expanded")), "the shell expanded a name");
  }

  private static String quoted(String name) {
    return "'" + name.replace("'", "'\"'\"'") + "'";
  }

  @Test
  void takeTheOriginFromTheEnvironmentIfTheJobHasNone() throws IOException {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path origin = Files.createLink(elsewhere.resolve("an origin"), fixture.origin());
    String job =
        new JsonMapper().createObjectNode().put("input", fixture.store().toString()).toString();
    DdLines lines = plan(job);
    lines.lines().forEach(line -> assertTrue(line.contains(" of=\"${ORIGIN:?}\" "), line));

    Path empty = Files.createDirectory(directory.resolve("empty"));
    for (Map<String, String> unset : List.of(Map.<String, String>of(), Map.of("ORIGIN", ""))) {
      assertNotEquals(0, lines.run(empty, unset).status());
      try (Stream<Path> left = Files.list(empty)) {
        assertEquals(List.of(), left.toList(), "it wrote somewhere");
      }
      assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
    }

    DdLines.Outcome outcome = lines.run(empty, Map.of("ORIGIN", origin.toString()));
    assertEquals(0, outcome.status(), outcome.text());
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
  }

  /** {@code dm-merge -i cow -o origin -vd | sh}. */
  @ParameterizedTest
  @CsvSource({"-d, commit-4k", "-vd, partial-last-chunk", "-vvdD, reverse-order"})
  void areTheOnlyOutputOfTheClassicForm(String options, String name) {
    Fixture fixture = Fixture.unpack(name, directory);
    Launcher.Result result =
        Launcher.inThisProcess(directory)
            .run("-i", fixture.store().toString(), "-o", fixture.origin().toString(), options)
            .expect(0);
    List<String> lines = result.text().lines().toList();
    assertEquals(fixture.exceptions(), lines.size());
    lines.forEach(line -> assertTrue(line.startsWith("dd if="), line));
    assertEquals(options.contains("v"), result.stderr().contains("store: "), result.stderr());
    assertTrue(result.stderr().contains(fixture.exceptions() + " exceptions"), result.stderr());
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()), "it wrote");

    new DdLines(lines).run(directory);
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
  }
}
