package io.github.dmtools.dmmerge.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Reads tables in {@code /proc}: lines of fields, with octal escapes for blanks. */
final class ProcTable {
  private static final Pattern FIELD_SEPARATORS = Pattern.compile("[ \t]+");

  private ProcTable() {}

  /** The fields of every line; empty if the file cannot be read. */
  static List<String[]> read(Path file) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      // Not lines(): the kernel escapes line feeds, but no other line separators.
      return Arrays.stream(text.split("\n"))
          .map(line -> FIELD_SEPARATORS.split(line.strip()))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Decodes the escapes, which are ASCII characters. */
  static String unescape(String field) {
    StringBuilder text = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && field.length() - i > 3 && isOctal(field, i + 1)) {
        text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static boolean isOctal(String field, int from) {
    for (int i = from; i < from + 3; i++) {
      if (field.charAt(i) < '0' || field.charAt(i) > '7') {
        return false;
      }
    }
    return true;
  }
}
