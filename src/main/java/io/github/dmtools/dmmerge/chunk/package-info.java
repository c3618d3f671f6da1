/**
 * Arithmetic of bytes, sectors and chunks. All of it is 64-bit and checked for overflow: chunk
 * numbers come from disks and are not to be trusted.
 */
@NullMarked
package io.github.dmtools.dmmerge.chunk;

import org.jspecify.annotations.NullMarked;
