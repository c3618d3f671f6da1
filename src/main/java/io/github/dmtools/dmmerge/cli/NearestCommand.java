package io.github.dmtools.dmmerge.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Suggests a command for a mistyped one. */
final class NearestCommand {
  private static final int MAX_DISTANCE = 2;

  private NearestCommand() {}

  /** Returns the nearest command, the first in the order of the help; null if none is near. */
  static @Nullable String to(String typed) {
    String word = typed.toLowerCase(Locale.ROOT);
    String nearest = null;
    int shortest = MAX_DISTANCE + 1;
    for (String name : Commands.NAMES_AND_HELP) {
      int distance = distance(word, name);
      // At least half of a short word must be right.
      if (distance < shortest && distance * 2 <= word.length()) {
        shortest = distance;
        nearest = name;
      }
    }
    return nearest;
  }

  /**
   * The optimal string alignment distance: letters deleted, added, replaced, or swapped with their
   * neighbour.
   */
  private static int distance(String typed, String meant) {
    if (Math.abs(typed.length() - meant.length()) > MAX_DISTANCE) {
      return MAX_DISTANCE + 1;
    }
    int[][] distances = new int[typed.length() + 1][meant.length() + 1];
    for (int i = 0; i <= typed.length(); i++) {
      for (int j = 0; j <= meant.length(); j++) {
        distances[i][j] = i == 0 || j == 0 ? i + j : least(distances, typed, i, meant, j);
      }
    }
    return distances[typed.length()][meant.length()];
  }

  private static int least(int[][] distances, String typed, int i, String meant, int j) {
    boolean same = typed.charAt(i - 1) == meant.charAt(j - 1);
    int least = distances[i - 1][j - 1] + (same ? 0 : 1);
    least = Math.min(least, 1 + Math.min(distances[i - 1][j], distances[i][j - 1]));
    boolean swapped =
        i > 1
            && j > 1
            && typed.charAt(i - 1) == meant.charAt(j - 2)
            && typed.charAt(i - 2) == meant.charAt(j - 1);
    return swapped ? Math.min(least, distances[i - 2][j - 2] + 1) : least;
  }
}
