/**
 * The undo store: saves chunks before they are overwritten, and detects chunks that a killed run
 * left half written. A chunk is durable in the undo store before it is written in the origin.
 */
@NullMarked
package io.github.dmtools.dmmerge.preserve;

import org.jspecify.annotations.NullMarked;
