package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.copy.PieceDigests;
import io.github.dmtools.dmmerge.copy.TableOrder;
import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import java.security.MessageDigest;
import java.util.function.Supplier;

/** The digests of exceptions, from the pieces in a window. */
interface ExceptionDigests {
  /** Nobody wants them. */
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
   * The quickest way for a store's size of chunks: what is supplied is for one of several windows
   * that are filled in turn.
   *
   * @param both whether the origin's side is wanted too
   */
  static Supplier<ExceptionDigests> of(ExceptionStore store, boolean both) {
    if (TableOrder.piecesPerChunk(store.chunkSize()) == 1) {
      return () -> new OfWholeChunks(new PieceDigests(Window.capacity(store)), both);
    }
    ExceptionDigests parts = new OfParts(both);
    return () -> parts;
  }

  /** A window was filled, perhaps while pieces of the one before are added. */
  void begin(Window window);

  /** The digests of the window's pieces, with the store's side at least. */
  default PieceDigests pieces(Window window) {
    return PieceDigests.storeOf(window);
  }

  /** The next piece in the table's order. */
  void add(Window window, int slot);

  /** What the store holds for the exception whose last piece this is. Asked for once. */
  byte[] source(int slot);

  /** What the origin holds for it. Asked for once. */
  byte[] origin(int slot);

  /** A piece is a chunk: a whole window is digested at once, on all cores. */
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
      // The whole window was digested when it began.
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

  /** A chunk has several pieces, perhaps in several windows: one after the other, then. */
  final class OfParts implements ExceptionDigests {
    private final MessageDigest source = Sha256.create();
    private final MessageDigest target = Sha256.create();
    private final boolean both;

    OfParts(boolean both) {
      this.both = both;
    }

    @Override
    public void begin(Window window) {
      // Pieces are digested as they are added.
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
