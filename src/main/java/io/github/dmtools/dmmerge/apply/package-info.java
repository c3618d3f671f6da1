/**
 * Applies a store to an origin: journals, batches, barriers, the outcome.
 *
 * <pre>
 * run(store, origin, journals, approved):
 *   for each window, while the next one is read, compared and digested:
 *     stop if the store does not hold what was approved
 *     each journal: before(window)     // what undoes the write is durable, the log knows of it
 *     window.writePending(origin)
 *     each journal: after(window)
 *     after 1 GiB, if there are journals: barrier
 *   barrier                            // each journal: barrier(failed or not)
 *   return the outcome
 * </pre>
 *
 * <p>Nothing is reported as written before the barrier after it. A piece that cannot be copied does
 * not stop the others; a journal or a barrier that fails stops the run.
 */
@NullMarked
package io.github.dmtools.dmmerge.apply;

import org.jspecify.annotations.NullMarked;
