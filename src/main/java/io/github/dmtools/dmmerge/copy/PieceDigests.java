package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.util.stream.IntStream;

/** The SHA-256 digests of a window's pieces, computed on all cores. */
public final class PieceDigests {
  private final byte[][] store;
  private final byte[][] origin;

  public PieceDigests(int capacity) {
    this.store = new byte[capacity][];
    this.origin = new byte[capacity][];
  }

  /** Digests the store's bytes of a window. */
  public static PieceDigests storeOf(Window window) {
    PieceDigests pieces = new PieceDigests(window.size());
    pieces.digestStore(window);
    return pieces;
  }

  public void digestStore(Window window) {
    IntStream.range(0, window.size())
        .parallel()
        .forEach(slot -> store[slot] = Sha256.of(window.storeBytes(slot)));
  }

  /** Digests the store's and the origin's bytes. Equal pieces are hashed once. */
  public void digestBoth(Window window) {
    IntStream.range(0, window.size())
        .parallel()
        .forEach(
            slot -> {
              store[slot] = Sha256.of(window.storeBytes(slot));
              origin[slot] =
                  window.isPending(slot) ? Sha256.of(window.originBytes(slot)) : store[slot];
            });
  }

  public byte[] store(int slot) {
    return store[slot];
  }

  public byte[] origin(int slot) {
    return origin[slot];
  }
}
