package io.github.dmtools.dmmerge.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Checks quoted words with a real shell. */
final class ShellQuotingTest {
  @Property(tries = 60)
  void aShellReturnsTheOriginalWords(@ForAll("words") List<String> words)
      throws IOException, InterruptedException {
    StringBuilder script = new StringBuilder("set -f\n");
    StringBuilder expected = new StringBuilder();
    for (String word : words) {
      script.append("printf '%s\\0' x").append(ShellQuoting.quote(word)).append('\n');
      script.append("printf '%s\\0' ").append(ShellQuoting.quote(word)).append('\n');
      expected.append('x').append(word).append('\0').append(word).append('\0');
    }
    Path file = Files.createTempFile("words", ".sh");
    try {
      Files.writeString(file, script);
      Process shell = new ProcessBuilder("sh", file.toString()).redirectErrorStream(true).start();
      byte[] output = shell.getInputStream().readAllBytes();
      assertEquals(0, shell.waitFor());
      assertEquals(expected.toString(), new String(output, StandardCharsets.UTF_8));
    } finally {
      Files.delete(file);
    }
  }

  /** Many characters that are special to a shell, and arbitrary UTF-8. */
  @Provide
  Arbitrary<List<String>> words() {
    Arbitrary<String> meaning =
        Arbitraries.strings().withChars("'\"\\$`!*?[]{}()<>|&;#~= \t\n\r%^-a0").ofMaxLength(12);
    Arbitrary<String> anything =
        Arbitraries.strings()
            .withCharRange('\u0001', '\ud7ff')
            .withCharRange('\ue000', '\ufffd')
            .ofMaxLength(8);
    return Arbitraries.oneOf(meaning, anything).list().ofMinSize(1).ofMaxSize(200);
  }

  @Test
  void doesNotQuotePlainPaths() {
    assertEquals("/dev/mapper/vg-lv_1.2", ShellQuoting.quote("/dev/mapper/vg-lv_1.2"));
    assertEquals("''", ShellQuoting.quote(""));
    assertEquals("'a b'", ShellQuoting.quote("a b"));
    assertEquals("'it'\\''s'", ShellQuoting.quote("it's"));
  }

  @Test
  void escapesTerminalSequences() {
    assertEquals("\"$(printf 'a\\033[2Jb')\"", ShellQuoting.quote("a\u001b[2Jb"));
    assertEquals(
        "\"$(printf 'a\\012\\302\\233\\342\\200\\256b')\"", ShellQuoting.quote("a\n\u009b\u202eb"));
    assertEquals(
        "\"$(printf '\\007\\047 \\045\\134\\041\u00e4')\"",
        ShellQuoting.quote("\u0007' %\\!\u00e4"));
    assertEquals("\"$(printf 'a\\012b')\"'\n\n'", ShellQuoting.quote("a\nb\n\n"));
    assertEquals("'\n'", ShellQuoting.quote("\n"));
  }
}
