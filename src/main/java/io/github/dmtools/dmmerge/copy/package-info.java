/**
 * The engine: windows of the table, the order of transfers, read-ahead, compare, write. It moves
 * bytes\n * and decides nothing. The only room that writes to an origin.
 */
@NullMarked
package io.github.dmtools.dmmerge.copy;

import org.jspecify.annotations.NullMarked;
