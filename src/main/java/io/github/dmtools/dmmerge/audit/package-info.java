/**
 * What must be remembered of a run: the events, the chain that binds every line to the one before,
 * and the file that they are appended to. Decides nothing: whoever writes to an origin says what it
 * is going to do, and this room makes it durable. Lines are rendered and parsed by an {@link
 * io.github.dmtools.dmmerge.audit.AuditCodec}.
 *
 * <p>The chain proves that nothing inside a log was changed, left out or moved. It is no signature:
 * whoever may write the log can cut whole lines off its end, or make all of it anew. So a report
 * carries the {@link io.github.dmtools.dmmerge.audit.AuditHead} that the log had, to be kept
 * elsewhere.
 */
@NullMarked
package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.NullMarked;
