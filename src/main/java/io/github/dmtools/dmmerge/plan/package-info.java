/**
 * Plans: which bytes of the store go where in the origin, and which are there already. This room
 * never writes.
 */
@NullMarked
package io.github.dmtools.dmmerge.plan;

import org.jspecify.annotations.NullMarked;
