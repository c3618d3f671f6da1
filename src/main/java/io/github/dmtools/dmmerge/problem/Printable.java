package io.github.dmtools.dmmerge.problem;

/**
 * Escapes text for terminals. File names and documents are untrusted: control characters can
 * operate the terminal, and format characters can make a line look different. All output for people
 * is escaped here.
 */
public final class Printable {
  private Printable() {}

  /**
   * False for control characters (C0, DEL, C1), format characters (category Cf, such as those that
   * change the direction of text), line and paragraph separators, and half a surrogate pair.
   */
  public static boolean isPrintable(int codePoint) {
    if (codePoint < 0x7f) {
      return codePoint >= ' ';
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }

  /** Escapes unprintable characters as {@code \}{@code uXXXX} in UTF-16, as in JSON. */
  public static String line(String text) {
    if (text.codePoints().allMatch(Printable::isPrintable)) {
      return text;
    }
    StringBuilder line = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(codePoint -> append(line, codePoint));
    return line.toString();
  }

  private static void append(StringBuilder line, int codePoint) {
    if (isPrintable(codePoint)) {
      line.appendCodePoint(codePoint);
      return;
    }
    for (char unit : Character.toChars(codePoint)) {
      line.append(String.format("\\u%04x", (int) unit));
    }
  }
}
