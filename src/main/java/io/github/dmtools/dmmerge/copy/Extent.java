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
 * <p>Where pieces are whole chunks, the digests are the SHA-256 over the SHA-256 of each chunk, 32
 * bytes each, in the origin's order. A plan names the digests of chunks, and so an extent can be
 * checked against it, although its bytes are hashed only once. An extent of a larger chunk is one
 * piece of it, and the digests are those of its bytes.
 *
 * @param ofChunks whether the digests are over those of chunks
 * @param before of what the origin held
 * @param after of what the store holds
 */
public record Extent(
    long originOffset, long storeOffset, int bytes, boolean ofChunks, byte[] before, byte[] after) {
  /** A longer run is reported as several, so that few bytes have to be read to check a digest. */
  public static final int MAX_BYTES = 4 << 20;

  /** The pending pieces of a window as extents in the origin's order, digested on all cores. */
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
    for (int place = 0; place < window.size(); place++) {
      int slot = window.slotAt(place);
      if (!window.isPending(slot)) {
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
