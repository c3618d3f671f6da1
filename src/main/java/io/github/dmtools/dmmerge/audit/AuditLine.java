package io.github.dmtools.dmmerge.audit;

import java.time.Instant;

/** What a line of a log says. */
public record AuditLine(Instant time, AuditRun run, AuditEvent event) {}
