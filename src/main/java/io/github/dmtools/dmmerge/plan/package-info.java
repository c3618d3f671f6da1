/**
 * Which bytes of the store go where in the origin, and which of them are there already. Reads
 * through {@code device}, never writes.
 */
@NullMarked
package io.github.dmtools.dmmerge.plan;

import org.jspecify.annotations.NullMarked;
