/**
 * The engine: it moves bytes and decides nothing. The only room that writes to an origin.
 *
 * <pre>
 * pieces = OriginOrder if the store suits it, else TableOrder
 * while a window is worked on, ReadAhead fills the other one:
 *   window.fill(pieces):               // pieces that fit into the window's two buffers
 *     sort the slots by their offset on each device
 *     read extents of pieces that touch, several at once (TransferPool)
 *     compare both sides of each piece: it is pending if they differ
 *   window.writePending(origin):       // OriginWriter
 *     cut the pending pieces into extents; clone blocks or write them
 *     retry an extent that fails piece by piece
 * </pre>
 *
 * <p>A piece is a chunk, or a part of one that is larger than 4 MiB. Memory does not grow with the
 * store, but for {@link io.github.dmtools.dmmerge.copy.StoreDigests}. A failure becomes a problem
 * of its piece and is never thrown.
 */
@NullMarked
package io.github.dmtools.dmmerge.copy;

import org.jspecify.annotations.NullMarked;
