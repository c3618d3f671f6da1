/**
 * The audit log: its events, the hash chain that links every line to the one before, and the file.
 * The room decides nothing: the writer of an origin appends what it is about to do, and this room
 * makes it durable. An {@link io.github.dmtools.dmmerge.audit.AuditCodec} renders and parses lines.
 *
 * <p>The chain shows whether lines inside a log were changed, removed or moved. It is not a
 * signature: whoever can write the log can remove lines from its end, or replace all of it.
 * Therefore a report carries the {@link io.github.dmtools.dmmerge.audit.AuditHead} of the log, to
 * be kept elsewhere.
 */
@NullMarked
package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.NullMarked;
