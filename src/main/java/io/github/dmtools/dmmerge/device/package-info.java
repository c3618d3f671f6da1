/**
 * Block devices, files used as devices, and who uses them. Interfaces and values only: nothing here
 * depends on the operating system.
 */
@NullMarked
package io.github.dmtools.dmmerge.device;

import org.jspecify.annotations.NullMarked;
