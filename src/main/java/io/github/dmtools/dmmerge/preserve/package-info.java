/**
 * What is saved before it is overwritten: the undo store, and what a run that was killed left half
 * written. A chunk is durable in the undo store before it is written in the origin.
 */
@NullMarked
package io.github.dmtools.dmmerge.preserve;

import org.jspecify.annotations.NullMarked;
