package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The image has its licence, and a notice for each library. */
final class LicencesIT {
  private static final Path BASE = Path.of(System.getProperty("dmmerge.basedir", "."));

  /** A row of the table of libraries. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+\\.jar)` \\|(.*)$");

  /** A file in a jar. */
  private static final Pattern FILE = Pattern.compile("`(META-INF/[^`]+)`");

  @Test
  void theImageHasTheLicence() throws IOException {
    Path licence = Launcher.image().resolve("LICENSE");
    assertEquals(-1, Files.mismatch(BASE.resolve("ansible/LICENSE"), licence));
    assertTrue(Files.readString(licence).contains("GNU GENERAL PUBLIC LICENSE"));
    String pom = Files.readString(BASE.resolve("pom.xml"));
    assertTrue(pom.contains("<name>GPL-3.0-or-later</name>"), "the pom's licence");
  }

  @Test
  void everyLibraryHasItsNotice() throws IOException {
    String notices = Files.readString(Launcher.image().resolve("THIRD-PARTY.md"));
    Map<String, String> rows = new TreeMap<>();
    Matcher row = ROW.matcher(notices);
    while (row.find()) {
      rows.put(row.group(1), row.group(2));
    }
    Path lib = Launcher.image().resolve("lib");
    assertEquals(libraries(lib), rows.keySet(), "src/main/assembly/THIRD-PARTY.md");

    for (String jar : rows.keySet()) {
      try (JarFile opened = new JarFile(lib.resolve(jar).toFile())) {
        Matcher file = FILE.matcher(rows.get(jar));
        while (file.find()) {
          assertNotNull(opened.getEntry(file.group(1)), () -> file.group(1) + " in " + jar);
        }
      }
    }
  }

  private static Set<String> libraries(Path lib) throws IOException {
    Set<String> jars = new TreeSet<>();
    try (Stream<Path> files = Files.list(lib)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jar") && !name.equals("dm-merge.jar"))
          .forEach(jars::add);
    }
    return jars;
  }
}
