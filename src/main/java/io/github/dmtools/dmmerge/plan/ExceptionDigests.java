package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.copy.PieceDigests;
import io.github.dmtools.dmmerge.copy.TableOrder;
import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import java.security.MessageDigest;
import java.util.function.Supplier;

/** Computes the digests of exceptions from the pieces in a window. */
interface ExceptionDigests {
  /** Computes nothing. */
  ExceptionDigests NONE =
      new ExceptionDigests() {
        @Override
        public void begin(Window window) {}

        @Override
        public void add(Window window, int slot) {}

        @Override
        public byte[] source(int slot) {
          throw new IllegalStateException("nothing was digested");
        }

        @Override
        public byte[] origin(int slot) {
          throw new IllegalStateException("nothing was digested");
        }
      };

  /**
   * Chooses the fastest implementation for a store's chunk size. Each window needs its own
   * instance.
   *
   * @param both whether to digest the origin too
   */
  static Supplier<ExceptionDigests> of(ExceptionStore store, boolean both) {
    if (TableOrder.piecesPerChunk(store.chunkSize()) == 1) {
      return () -> new OfWholeChunks(new PieceDigests(Window.capacity(store)), both);
    }
    ExceptionDigests parts = new OfParts(both);
    return () -> parts;
  }

  /** Call when a window is filled, even while the pieces of the previous one are added. */
  void begin(Window window);

  /** The digests of the window's pieces, at least those of the store. */
  default PieceDigests pieces(Window window) {
    return PieceDigests.storeOf(window);
  }

  /** Adds the next piece in the table's order. */
  void add(Window window, int slot);

  /** The store's digest of the exception whose last piece this is. Call once. */
  byte[] source(int slot);

  /** The origin's digest of the exception whose last piece this is. Call once. */
  byte[] origin(int slot);

  /** Each piece is a chunk, so a whole window is digested at once, on all cores. */
  record OfWholeChunks(PieceDigests pieces, boolean both) implements ExceptionDigests {
    @Override
    public void begin(Window window) {
      if (both) {
        pieces.digestBoth(window);
      } else {
        pieces.digestStore(window);
      }
    }

    @Override
    public PieceDigests pieces(Window window) {
      return pieces;
    }

    @Override
    public void add(Window window, int slot) {
      // begin() digested the whole window.
    }

    @Override
    public byte[] source(int slot) {
      return pieces.store(slot);
    }

    @Override
    public byte[] origin(int slot) {
      return pieces.origin(slot);
    }
  }

  /** A chunk has several pieces, perhaps in several windows, so they are digested in sequence. */
  final class OfParts implements ExceptionDigests {
    private final MessageDigest source = Sha256.create();
    private final MessageDigest target = Sha256.create();
    private final boolean both;

    OfParts(boolean both) {
      this.both = both;
    }

    @Override
    public void begin(Window window) {
      // add() digests the pieces.
    }

    @Override
    public void add(Window window, int slot) {
      source.update(window.storeBytes(slot));
      if (both) {
        target.update(window.originBytes(slot));
      }
    }

    @Override
    public byte[] source(int slot) {
      return source.digest();
    }

    @Override
    public byte[] origin(int slot) {
      return target.digest();
    }
  }
}
