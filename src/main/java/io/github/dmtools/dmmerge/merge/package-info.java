/**
 * The story: what happens to a job, from the opened devices to the report.
 *
 * <pre>
 * apply(job):
 *   session = open(job)              // lock, guard the run's own files, flush caches
 *   session.requireWritable()        // every guard; claims what shares the origin's sectors
 *   store = session.readStore()      // every rule of the format
 *   origin = session.openOriginForWriting()
 *   approved = plan pass             // once: document, approval and digests of the store
 *   session.recheckGuards()
 *   journals = begin(undo, audit)
 *   outcome = applier.run(store, origin, journals, approved)   // guards are rechecked each second
 *   session.flushCaches(); verify if the job says so; journals.end(outcome)
 *   return report
 * </pre>
 *
 * <p>Without {@code force} the plan pass is the whole run. No write happens before every guard has
 * passed, and what cannot be seen is refused. Guards are values: they look at facts and return
 * problems.
 */
@NullMarked
package io.github.dmtools.dmmerge.merge;

import org.jspecify.annotations.NullMarked;
