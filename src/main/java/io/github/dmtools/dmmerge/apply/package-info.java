/**
 * Applies a store to an origin: journals, batches, barriers, the outcome.
 *
 * <pre>
 * run(store, origin, journals, approved):
 *   for each window, while the next one is read, compared and digested:
 *     stop if the store does not hold what was approved
 *     each journal: beforeWrite(window) // undo data and log entries are durable
 *     window.writePending(origin)
 *     each journal: afterWrite(window)
 *     after 1 GiB, if there are journals: barrier
 *   barrier                            // each journal: afterBarrier(failed or not)
 *   return the outcome
 * </pre>
 *
 * <p>Data is reported as written only after a barrier. A piece that cannot be copied does not stop
 * the others; a journal or a barrier that fails stops the run.
 */
@NullMarked
package io.github.dmtools.dmmerge.apply;

import org.jspecify.annotations.NullMarked;
