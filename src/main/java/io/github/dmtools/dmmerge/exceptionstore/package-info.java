/**
 * The persistent exception store as the kernel writes it: its header, its areas of exceptions, the
 * rules they obey. Source: Linux {@code drivers/md/dm-snap-persistent.c}. Areas are streamed;
 * memory does not grow with the table but for the sets that find duplicates.
 */
@NullMarked
package io.github.dmtools.dmmerge.exceptionstore;

import org.jspecify.annotations.NullMarked;
