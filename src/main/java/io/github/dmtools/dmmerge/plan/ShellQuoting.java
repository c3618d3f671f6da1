package io.github.dmtools.dmmerge.plan;

/** Quotes a word for a POSIX shell, whatever is in it but NUL, which no file name can hold. */
final class ShellQuoting {
  private ShellQuoting() {}

  static String quote(String word) {
    if (!word.isEmpty() && word.chars().allMatch(ShellQuoting::isPlain)) {
      return word;
    }
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "/._-+:@,".indexOf(c) >= 0;
  }
}
