package io.github.dmtools.dmmerge.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The command that somebody may have meant who typed something else. */
final class NearestCommand {
  /** More slips than this are another word. */
  private static final int MAX_SLIPS = 2;

  private NearestCommand() {}

  /** Null if no command is near; the first in the order of the help if several are. */
  static @Nullable String to(String typed) {
    String word = typed.toLowerCase(Locale.ROOT);
    String nearest = null;
    int fewest = MAX_SLIPS + 1;
    for (String name : Commands.NAMES_AND_HELP) {
      int slips = slips(word, name);
      // Of a short word at least half has to be right.
      if (slips < fewest && slips * 2 <= word.length()) {
        fewest = slips;
        nearest = name;
      }
    }
    return nearest;
  }

  /**
   * How many letters were left out, added, replaced, or swapped with their neighbour: the optimal
   * string alignment distance.
   */
  private static int slips(String typed, String meant) {
    if (Math.abs(typed.length() - meant.length()) > MAX_SLIPS) {
      return MAX_SLIPS + 1;
    }
    int[][] slips = new int[typed.length() + 1][meant.length() + 1];
    for (int i = 0; i <= typed.length(); i++) {
      for (int j = 0; j <= meant.length(); j++) {
        slips[i][j] = i == 0 || j == 0 ? i + j : least(slips, typed, i, meant, j);
      }
    }
    return slips[typed.length()][meant.length()];
  }

  private static int least(int[][] slips, String typed, int i, String meant, int j) {
    boolean same = typed.charAt(i - 1) == meant.charAt(j - 1);
    int least = slips[i - 1][j - 1] + (same ? 0 : 1);
    least = Math.min(least, 1 + Math.min(slips[i - 1][j], slips[i][j - 1]));
    boolean swapped =
        i > 1
            && j > 1
            && typed.charAt(i - 1) == meant.charAt(j - 2)
            && typed.charAt(i - 2) == meant.charAt(j - 1);
    return swapped ? Math.min(least, slips[i - 2][j - 2] + 1) : least;
  }
}
