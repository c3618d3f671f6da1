/**
 * The engine: it moves bytes and decides nothing. The only room that writes to an origin.
 *
 * <pre>
 * pieces = OriginOrder if the store suits it, else TableOrder
 * while a window is processed, ReadAhead fills the other one:
 *   window.fill(pieces):               // pieces that fit into the window's two buffers
 *     sort the slots by their offset on each device
 *     read adjacent pieces as extents, in parallel (TransferPool)
 *     compare the data of both devices: a piece is pending if it differs
 *   window.writePending(origin):       // OriginWriter
 *     group the pending pieces into extents; share blocks or write them
 *     retry a failed extent piece by piece
 * </pre>
 *
 * <p>A piece is a chunk, or a part of one that is larger than 4 MiB. Only the memory of {@link
 * io.github.dmtools.dmmerge.copy.StoreDigests} grows with the store. A read or write error becomes
 * the problem of its piece and is never thrown.
 */
@NullMarked
package io.github.dmtools.dmmerge.copy;

import org.jspecify.annotations.NullMarked;
