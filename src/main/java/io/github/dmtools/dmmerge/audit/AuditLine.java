package io.github.dmtools.dmmerge.audit;

import java.time.Instant;

/** A parsed line of a log. */
public record AuditLine(Instant time, AuditRun run, AuditEvent event) {}
