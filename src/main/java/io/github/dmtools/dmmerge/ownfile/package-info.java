/**
 * Files that dm-merge writes: documents, undo stores, audit logs, torn lines. A path is resolved
 * once, and all later operations use the descriptors of its directory and file, so that nobody who
 * can write to the directory can redirect them. These are interfaces; {@code linux} implements
 * them.
 */
@NullMarked
package io.github.dmtools.dmmerge.ownfile;

import org.jspecify.annotations.NullMarked;
