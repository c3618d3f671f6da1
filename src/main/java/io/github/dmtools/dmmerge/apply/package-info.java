/**
 * Applies a plan: journals, batches, barriers, the outcome. Nothing is reported as written before
 * the barrier after it.
 */
@NullMarked
package io.github.dmtools.dmmerge.apply;

import org.jspecify.annotations.NullMarked;
