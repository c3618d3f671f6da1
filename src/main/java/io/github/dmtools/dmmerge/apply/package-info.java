/**
 * Carries a plan out: the only room that writes to an origin. Nothing is called written before the
 * barrier behind it.
 */
@NullMarked
package io.github.dmtools.dmmerge.apply;

import org.jspecify.annotations.NullMarked;
