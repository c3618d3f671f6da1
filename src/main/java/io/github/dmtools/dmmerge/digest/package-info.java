/** Digests and checksums. */
@NullMarked
package io.github.dmtools.dmmerge.digest;

import org.jspecify.annotations.NullMarked;
