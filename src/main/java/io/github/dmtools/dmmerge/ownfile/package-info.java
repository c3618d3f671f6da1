/**
 * Files that dm-merge itself writes: documents, undo stores, audit logs and what is kept beside
 * them. A target is looked up once, and everything after that works on descriptors of its directory
 * and of its file: nobody who can write to the directory can lead a write, a mode or a name
 * elsewhere. This package has the meaning alone; {@code linux} has the system calls.
 */
@NullMarked
package io.github.dmtools.dmmerge.ownfile;

import org.jspecify.annotations.NullMarked;
