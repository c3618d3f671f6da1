/**
 * The system calls, and what Linux tells of its devices in {@code /proc} and {@code /sys}. The only
 * room with JNA: everything above speaks {@code device}.
 */
@NullMarked
package io.github.dmtools.dmmerge.linux;

import org.jspecify.annotations.NullMarked;
