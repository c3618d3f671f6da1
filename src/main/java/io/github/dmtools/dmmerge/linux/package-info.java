/**
 * System calls, and the state of devices in {@code /proc} and {@code /sys}. The only room with JNA;
 * other rooms use the interfaces of {@code device}.
 */
@NullMarked
package io.github.dmtools.dmmerge.linux;

import org.jspecify.annotations.NullMarked;
