/**
 * Arithmetic of bytes, sectors and chunks, 64-bit and checked for overflow: chunk numbers come from
 * disks and are untrusted.
 */
@NullMarked
package io.github.dmtools.dmmerge.chunk;

import org.jspecify.annotations.NullMarked;
