package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A run of pieces that is contiguous in the origin and in the store. Offsets and length in bytes.
 *
 * <p>If pieces are whole chunks, a digest is the SHA-256 of the chunks' SHA-256 digests, 32 bytes
 * each, in the origin's order. An extent can thus be checked against a plan, which lists digests of
 * chunks, and its bytes are hashed only once. If chunks are larger than a piece, an extent is one
 * piece, and a digest is the SHA-256 of its bytes.
 *
 * @param ofChunks true if a digest covers the digests of chunks
 * @param before digest of the origin's bytes before the write
 * @param after digest of the store's bytes
 */
public record Extent(
    long originOffset, long storeOffset, int bytes, boolean ofChunks, byte[] before, byte[] after) {
  /** Longer runs are split, to limit how much must be read to check one digest. */
  public static final int MAX_BYTES = 4 << 20;

  /** Returns a window's pending pieces as extents in the origin's order, hashed on all cores. */
  public static List<Extent> of(Window window) {
    List<int[]> runs = runs(window);
    return IntStream.range(0, runs.size())
        .parallel()
        .mapToObj(i -> digested(window, runs.get(i)))
        .toList();
  }

  /** The slots of each run. */
  private static List<int[]> runs(Window window) {
    List<int[]> runs = new ArrayList<>();
    int[] run = new int[window.size()];
    int length = 0;
    long bytes = 0;
    for (int position = 0; position < window.size(); position++) {
      int slot = window.slotAt(position);
      if (!window.isPending(slot)) {
        continue;
      }
      if (length > 0
          && (bytes + window.bytes(slot) > MAX_BYTES
              || !isAdjacent(window, run[length - 1], slot))) {
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

  private static boolean isAdjacent(Window window, int slot, int next) {
    return window.originOffset(slot) + window.bytes(slot) == window.originOffset(next)
        && window.storeOffset(slot) + window.bytes(slot) == window.storeOffset(next);
  }

  private static Extent digested(Window window, int[] run) {
    boolean ofChunks = window.hasWholeChunks();
    int bytes = 0;
    for (int slot : run) {
      bytes += window.bytes(slot);
    }
    return new Extent(
        window.originOffset(run[0]),
        window.storeOffset(run[0]),
        bytes,
        ofChunks,
        digest(run, ofChunks, window::originBytes),
        digest(run, ofChunks, window::storeBytes));
  }

  private static byte[] digest(int[] run, boolean ofChunks, IntFunction<ByteBuffer> side) {
    MessageDigest digest = Sha256.ofThread();
    if (!ofChunks) {
      for (int slot : run) {
        digest.update(side.apply(slot));
      }
      return digest.digest();
    }
    byte[] chunks = new byte[run.length * Sha256.BYTES];
    for (int i = 0; i < run.length; i++) {
      digest.update(side.apply(run[i]));
      Sha256.finish(digest, chunks, i * Sha256.BYTES);
    }
    return digest.digest(chunks);
  }
}
