package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.problem.Printable;
import java.nio.charset.StandardCharsets;

/**
 * Quotes any word without NUL for a POSIX shell. Non-printable characters are written as {@code
 * printf} escapes, so that a terminal does not interpret them. The result is one line unless the
 * word ends with a line feed.
 */
final class ShellQuoting {
  private ShellQuoting() {}

  static String quote(String word) {
    if (!word.isEmpty() && word.chars().allMatch(ShellQuoting::isPlain)) {
      return word;
    }
    if (word.codePoints().allMatch(Printable::isPrintable)) {
      return "'" + word.replace("'", "'\\''") + "'";
    }
    return printed(word);
  }

  /** Command substitution drops trailing line feeds, so these are quoted instead. */
  private static String printed(String word) {
    int end = word.length();
    while (end > 0 && word.charAt(end - 1) == '\n') {
      end--;
    }
    StringBuilder format = new StringBuilder();
    word.substring(0, end).codePoints().forEach(codePoint -> append(format, codePoint));
    String lineFeeds = word.substring(end);
    return (end == 0 ? "" : "\"$(printf '" + format + "')\"")
        + (lineFeeds.isEmpty() ? "" : "'" + lineFeeds + "'");
  }

  /** Characters that are special to printf or inside quotes are escaped too. */
  private static void append(StringBuilder format, int codePoint) {
    if (Printable.isPrintable(codePoint) && !isSpecial(codePoint, format)) {
      format.appendCodePoint(codePoint);
      return;
    }
    for (byte octet : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
      format.append(String.format("\\%03o", octet & 0xff));
    }
  }

  private static boolean isSpecial(int codePoint, StringBuilder format) {
    return "%\\'\"`$!".indexOf(codePoint) >= 0
        || (codePoint == '-' && format.isEmpty()); // printf would take it for an option
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "/._-+:@,".indexOf(c) >= 0;
  }
}
