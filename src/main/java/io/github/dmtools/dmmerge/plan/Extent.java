package io.github.dmtools.dmmerge.plan;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A run of pieces that is contiguous in the origin and in the store. Offsets and length in bytes.
 *
 * @param before SHA-256 of what the origin held
 * @param after SHA-256 of what the store holds
 */
public record Extent(long originOffset, long storeOffset, int bytes, byte[] before, byte[] after) {
  /** A longer run is told as several: nobody wants to read more to check one digest. */
  private static final int MAX_BYTES = 4 << 20;

  /**
   * The chosen pieces of a window as extents in the origin's order, digested on all cores.
   *
   * @param chosen tells of each slot whether its piece is wanted
   */
  public static List<Extent> of(Window window, IntPredicate chosen) {
    List<int[]> runs = runs(window, chosen);
    return IntStream.range(0, runs.size())
        .parallel()
        .mapToObj(i -> digested(window, runs.get(i)))
        .toList();
  }

  /** The slots of each run. */
  private static List<int[]> runs(Window window, IntPredicate chosen) {
    List<int[]> runs = new ArrayList<>();
    int[] run = new int[window.size()];
    int length = 0;
    long bytes = 0;
    for (int place = 0; place < window.size(); place++) {
      int slot = window.slotAt(place);
      if (!chosen.test(slot)) {
        continue;
      }
      if (length > 0
          && (bytes + window.bytes(slot) > MAX_BYTES || !touch(window, run[length - 1], slot))) {
        runs.add(Arrays.copyOf(run, length));
        length = 0;
        bytes = 0;
      }
      run[length++] = slot;
      bytes += window.bytes(slot);
    }
    if (length > 0) {
      runs.add(Arrays.copyOf(run, length));
    }
    return runs;
  }

  private static boolean touch(Window window, int slot, int next) {
    return window.originOffset(slot) + window.bytes(slot) == window.originOffset(next)
        && window.storeOffset(slot) + window.bytes(slot) == window.storeOffset(next);
  }

  private static Extent digested(Window window, int[] run) {
    MessageDigest digest = Sha256.ofThread();
    int bytes = 0;
    for (int slot : run) {
      digest.update(window.originBytes(slot));
      bytes += window.bytes(slot);
    }
    byte[] before = digest.digest();
    for (int slot : run) {
      digest.update(window.storeBytes(slot));
    }
    return new Extent(
        window.originOffset(run[0]), window.storeOffset(run[0]), bytes, before, digest.digest());
  }
}
