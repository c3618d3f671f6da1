package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * README and {@code src/docs}: a comment above each block of shell names the test that runs it.
 * Blocks that name this test are run here as printed, page by page.
 */
final class DocumentsIT {
  private static final Path BASE = Path.of(System.getProperty("dmmerge.basedir", "."));
  private static final Path DOCS = BASE.resolve("src/docs");
  private static final String HERE = "run by DocumentsIT";
  private static final String NOT_RUN = "not run: ";

  /** Pages with commands that no test runs: tests and benchmarks. */
  private static final Set<String> MAY_SHOW_OTHERS = Set.of("CONTRIBUTING.md", "SPEED.md");

  /** Pages whose commands write nothing to the origin, or undo what they wrote. */
  private static final Set<String> LEAVE_NO_CHANGE = Set.of("JOB.md", "UNDO.md");

  private static final Pattern SCRIPT = Pattern.compile("run by (\\S+/\\S+)");
  private static final Pattern SCENARIO = Pattern.compile("run by the scenario (\\w+)");
  private static final Pattern TEST = Pattern.compile("run by (\\w+IT)");
  private static final Pattern COMMENT = Pattern.compile("<!-- (.*) -->");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)?(?:#([^)]+))?\\)");
  private static final Pattern CODE =
      Pattern.compile(
          "`((?:audit|device|direct|internal|java|job|origin|output|path|plan|run|store|undo|usage"
              + "|verify)\\.[a-z]+(?:_[a-z]+)*)`");

  /** Names of files and fields that look like codes. */
  private static final Set<String> NO_CODES =
      Set.of("job.json", "plan.json", "undo.json", "output.content", "undo.run_id");

  @TempDir private Path directory;

  /** A block of shell. */
  private record Block(String page, int line, String comment, String text) {
    @Override
    public String toString() {
      return page + ":" + line;
    }
  }

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(BASE.resolve("README.md")));
    try (Stream<Path> files = Files.list(DOCS)) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  static List<Path> pagesThatRunHere() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path page : pages()) {
      if (blocks(page).stream().anyMatch(block -> block.comment().equals(HERE))) {
        pages.add(page);
      }
    }
    return pages;
  }

  @ParameterizedTest
  @MethodSource("pagesThatRunHere")
  void itsCommandsRun(Path page) throws IOException {
    Fixture fixture = Fixture.unpack("lvm-ext4", directory);
    Files.writeString(
        directory.resolve("job.json"), "{\"input\": \"cow\", \"output\": \"origin\"}\n");
    Path docs = Files.createDirectories(directory.resolve("src/docs"));
    for (String script : List.of("recompute.py", "recompute_chain.py")) {
      Files.copy(DOCS.resolve(script), docs.resolve(script));
    }
    for (Block block : blocks(page)) {
      if (block.comment().equals(HERE)) {
        run(block);
      }
    }
    boolean asBefore = LEAVE_NO_CHANGE.contains(page.getFileName().toString());
    assertEquals(asBefore ? fixture.before() : fixture.after(), Fixture.sha256(fixture.origin()));
  }

  private void run(Block block) throws IOException {
    String path = Launcher.image().resolve("bin") + ":" + System.getenv("PATH");
    Path log = directory.resolve("log");
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-eux", "-c", block.text())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    shell.environment().put("PATH", path);
    try {
      int status = shell.start().waitFor();
      assertEquals(0, status, () -> block + " fails:\n" + tail(log));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String tail(Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      List<String> all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - 20), all.size()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyBlockOfShellNamesItsTest(Path page) throws IOException {
    for (Block block : blocks(page)) {
      assertTrue(isKnown(block), block + ": \"" + block.comment() + "\" above it");
    }
  }

  private static boolean isKnown(Block block) throws IOException {
    Matcher script = SCRIPT.matcher(block.comment());
    if (script.matches()) {
      return Files.isRegularFile(BASE.resolve(script.group(1)));
    }
    Matcher scenario = SCENARIO.matcher(block.comment());
    if (scenario.matches()) {
      return exists("src/vm", scenario.group(1) + ".py");
    }
    Matcher test = TEST.matcher(block.comment());
    if (test.matches()) {
      return exists("src/test/java", test.group(1) + ".java");
    }
    return block.comment().startsWith(NOT_RUN) && MAY_SHOW_OTHERS.contains(block.page());
  }

  private static boolean exists(String root, String name) throws IOException {
    try (Stream<Path> files = Files.walk(BASE.resolve(root))) {
      return files.anyMatch(file -> file.endsWith(name));
    }
  }

  /** Links to pages and headings are valid. */
  @ParameterizedTest
  @MethodSource("pages")
  void itsLinksAreValid(Path page) throws IOException {
    Matcher link = LINK.matcher(Files.readString(page));
    while (link.find()) {
      String path = link.group(1);
      if (path == null || !path.startsWith("https:")) {
        Path target = path == null ? page : page.resolveSibling(path);
        assertTrue(Files.exists(target), page + " links to " + path);
        String heading = link.group(2);
        assertTrue(heading == null || anchors(target).contains(heading), page + ": " + heading);
      }
    }
  }

  /** The anchors that GitHub gives the headings of a page. */
  private static Set<String> anchors(Path page) throws IOException {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void itsCodesAreInTheList(Path page) throws IOException {
    String list = Files.readString(DOCS.resolve("CODES.md"));
    Matcher code = CODE.matcher(Files.readString(page));
    while (code.find()) {
      String name = code.group(1);
      assertTrue(
          NO_CODES.contains(name) || list.contains("| `" + name + "` |"), page + ": " + name);
    }
  }

  @Test
  void theReadmeIsShort() throws IOException {
    assertTrue(Files.readAllLines(BASE.resolve("README.md")).size() < 250);
  }

  /** Commands are only in fenced blocks, where this test finds them. */
  private static List<Block> blocks(Path page) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = Files.readAllLines(page);
    String name = page.getFileName().toString();
    String above = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("```")) {
        int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf("```");
        assertTrue(end > i, name + ": a block has no end");
        if (line.equals("```sh")) {
          Matcher comment = COMMENT.matcher(above);
          String text = String.join("\n", lines.subList(i + 1, end));
          blocks.add(new Block(name, i + 1, comment.matches() ? comment.group(1) : "", text));
        }
        i = end;
      } else {
        assertFalse(line.startsWith("    "), name + ":" + (i + 1) + " is an indented block");
      }
      above = line;
    }
    return blocks;
  }
}
