package io.github.dmtools.dmmerge.audit;

/**
 * The last line of a log. Kept elsewhere, it proves that a log was not cut.
 *
 * @param seq its number; lines are counted from 1, across runs
 * @param lineSha256 its digest in hexadecimal
 */
public record AuditHead(long seq, String lineSha256) {}
