package io.github.dmtools.dmmerge.audit;

/**
 * The last line of a log. A copy kept elsewhere shows whether the log was cut later.
 *
 * @param seq number of the line; lines are counted from 1, across runs
 * @param lineSha256 digest of the line in hexadecimal
 */
public record AuditHead(long seq, String lineSha256) {}
