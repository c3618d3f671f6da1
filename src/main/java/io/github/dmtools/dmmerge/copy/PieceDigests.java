package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.util.stream.IntStream;

/** The digests of a window's pieces, made on all cores. */
public final class PieceDigests {
  private final byte[][] store;
  private final byte[][] origin;

  public PieceDigests(int capacity) {
    this.store = new byte[capacity][];
    this.origin = new byte[capacity][];
  }

  /** The store's side of a window. */
  public static PieceDigests storeOf(Window window) {
    PieceDigests pieces = new PieceDigests(window.size());
    pieces.ofStore(window);
    return pieces;
  }

  /** Digests the store's side. */
  public void ofStore(Window window) {
    IntStream.range(0, window.size())
        .parallel()
        .forEach(slot -> store[slot] = Sha256.of(window.storeBytes(slot)));
  }

  /** Digests both sides. Where they are equal one digest does for both. */
  public void ofBoth(Window window) {
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
