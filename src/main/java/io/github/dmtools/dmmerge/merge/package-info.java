/**
 * Runs a job, from opening the devices to the report.
 *
 * <pre>
 * apply(job):
 *   session = open(job)              // lock, guard the run's own files, flush caches
 *   session.requireWritable()        // all guards; claims devices that share the origin's sectors
 *   store = session.readStore()      // checks all rules of the format
 *   origin = session.openOriginForWriting()
 *   approved = plan pass             // a single pass: document, approval, digests of the store
 *   session.recheckGuards()
 *   journals = start(undo, audit)
 *   outcome = applier.run(store, origin, journals, approved)   // guards are rechecked each second
 *   session.flushCaches(); verify if the job says so; journals.finish(outcome)
 *   return report
 * </pre>
 *
 * <p>Without {@code force} the plan pass is the whole run. Nothing is written before all guards
 * have passed, and a use that cannot be determined is refused. Guards are pure functions from facts
 * to problems.
 */
@NullMarked
package io.github.dmtools.dmmerge.merge;

import org.jspecify.annotations.NullMarked;
