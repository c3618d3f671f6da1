package io.github.dmtools.dmmerge.report;

/**
 * The head of the audit log in a report, which reveals a later truncation of the log.
 *
 * @param runId id of this run
 * @param seq number of the last line
 * @param sha256 digest of the last line in hexadecimal
 */
public record AuditFacts(String path, String runId, long seq, String sha256) {}
