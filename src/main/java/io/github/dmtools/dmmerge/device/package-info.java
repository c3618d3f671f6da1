/**
 * What a block device, or a file that holds the bytes of one, can do; and what can be known of it
 * before it is touched. Nothing here knows what operating system is below.
 */
@NullMarked
package io.github.dmtools.dmmerge.device;

import org.jspecify.annotations.NullMarked;
