package io.github.dmtools.dmmerge.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code src/docs/CODES.md} lists exactly the codes in documents. */
final class CodesTest {
  private static final Path BASE = Path.of(System.getProperty("dmmerge.basedir", "."));
  private static final Path PAGE = BASE.resolve("src/docs/CODES.md");
  private static final String PROBLEMS = "## Problems";
  private static final String WARNINGS = "## Warnings";
  private static final String FINDINGS = "## Findings of audit";

  /** In the launcher: {@code refuse 69 java.unavailable ...}. */
  private static final Pattern REFUSED = Pattern.compile("refuse (\\d+) ([a-z]+\\.[a-z_]+) ");

  /** A code without a constant: of a warning, or of a finding. */
  private static final Pattern LITERAL =
      Pattern.compile(
          "\"((?:audit|device|direct|job|origin|output|path|plan|run|store|undo|verify)\\.[a-z_]+)\"");

  @Test
  void hasEveryProblem() throws IOException {
    Map<String, List<String>> rows = rows(PROBLEMS);
    List<String> wrong = new ArrayList<>();
    for (ProblemCode code : ProblemCode.values()) {
      List<String> row = rows.remove(code.code());
      String status = Integer.toString(code.exitStatus().status());
      if (row == null) {
        wrong.add("add:     " + row(code.code(), status, "WHAT IT MEANS", code.hint()));
      } else if (!row.get(1).equals(status) || !row.get(3).equals(code.hint())) {
        wrong.add("replace: " + row(code.code(), status, row.get(2), code.hint()));
      }
    }
    for (String[] refused : refusedByTheLauncher()) {
      List<String> row = rows.remove(refused[1]);
      if (row == null || !row.get(1).equals(refused[0])) {
        wrong.add("add:     " + row(refused[1], refused[0], "WHAT IT MEANS", "WHAT TO DO"));
      }
    }
    rows.keySet().forEach(code -> wrong.add("remove the row of " + code + ": there is no such"));
    assertEquals("", String.join("\n", wrong), () -> "in the table of problems of " + PAGE);
  }

  private static List<String[]> refusedByTheLauncher() throws IOException {
    List<String[]> refused = new ArrayList<>();
    Set<String> known = new TreeSet<>();
    for (ProblemCode code : ProblemCode.values()) {
      known.add(code.code());
    }
    String launcher = Files.readString(BASE.resolve("src/main/dist/bin/dm-merge"));
    Matcher matcher = REFUSED.matcher(launcher);
    while (matcher.find()) {
      if (known.add(matcher.group(2))) {
        refused.add(new String[] {matcher.group(1), matcher.group(2)});
      }
    }
    assertFalse(refused.isEmpty(), "what does the launcher refuse?");
    return refused;
  }

  @Test
  void hasEveryWarningAndFinding() throws IOException {
    Set<String> documented = new TreeSet<>(rows(WARNINGS).keySet());
    documented.addAll(rows(FINDINGS).keySet());
    Set<String> inSources = literals();
    List<String> wrong = new ArrayList<>();
    for (String code : inSources) {
      if (!documented.contains(code)) {
        wrong.add("add:    | `" + code + "` | WHAT IT MEANS | WHAT TO DO |");
      }
    }
    for (String code : documented) {
      if (!inSources.contains(code)) {
        wrong.add("remove the row of " + code + ": no source has it");
      }
    }
    assertEquals(
        "", String.join("\n", wrong), () -> "in the tables of warnings and findings of " + PAGE);
  }

  private static Set<String> literals() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(BASE.resolve("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (!file.endsWith("ProblemCode.java")) {
          Matcher matcher = LITERAL.matcher(Files.readString(file));
          while (matcher.find()) {
            found.add(matcher.group(1));
          }
        }
      }
    }
    assertFalse(found.isEmpty(), "where are the warnings?");
    return found;
  }

  /** The cells of a section's table by the code in the first one. */
  private static Map<String, List<String>> rows(String heading) throws IOException {
    Map<String, List<String>> rows = new TreeMap<>();
    boolean inside = false;
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("## ")) {
        inside = line.equals(heading);
      }
      if (inside && line.startsWith("| `")) {
        List<String> cells =
            Stream.of(line.substring(1, line.length() - 1).split("\\|", -1))
                .map(String::strip)
                .toList();
        String code = cells.get(0).replace("`", "");
        for (String cell : cells) {
          assertFalse(cell.isEmpty(), "an empty cell: " + line);
        }
        assertEquals(null, rows.put(code, cells), "there twice: " + line);
      }
    }
    return rows;
  }

  private static String row(String code, String status, String meaning, String hint) {
    return "| `" + code + "` | " + status + " | " + meaning + " | " + hint + " |";
  }
}
