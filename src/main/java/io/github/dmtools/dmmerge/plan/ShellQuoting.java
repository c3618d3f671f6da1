package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.problem.Printable;
import java.nio.charset.StandardCharsets;

/**
 * Quotes a word for a POSIX shell, whatever is in it but NUL, which no file name can hold. What is
 * not printable is made by {@code printf}, so that a terminal that shows the word obeys nothing of
 * it. It is one line unless the word itself ends with a line feed.
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

  /** A shell drops line feeds at the end of what a command prints: these are quoted instead. */
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

  /** In octal also what means something to printf or within either kind of quotes. */
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
        || (codePoint == '-' && format.isEmpty()); // it would be an option
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "/._-+:@,".indexOf(c) >= 0;
  }
}
