/**
 * The on-disk format of persistent exception stores: header, areas, entries and their rules.
 * Source: Linux {@code drivers/md/dm-snap-persistent.c}. Areas are streamed; only the sets that
 * find duplicates, and the checksums, grow with the table.
 */
@NullMarked
package io.github.dmtools.dmmerge.exceptionstore;

import org.jspecify.annotations.NullMarked;
