package io.github.dmtools.dmmerge.report;

/**
 * What a report says of the audit log: its head, by which a log that was cut later is found out.
 *
 * @param runId of this run's events
 * @param seq of the last event
 * @param sha256 of the last line, in hexadecimal
 */
public record AuditFacts(String path, String runId, long seq, String sha256) {}
