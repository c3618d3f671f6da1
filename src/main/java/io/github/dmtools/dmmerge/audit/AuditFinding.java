package io.github.dmtools.dmmerge.audit;

/**
 * A place where a log differs from what was written.
 *
 * @param code dotted, stable: {@code audit.changed}, {@code audit.missing}, {@code
 *     audit.reordered}, {@code audit.cut}, {@code audit.cut_short}, {@code audit.syntax}, {@code
 *     audit.no_log}
 * @param message one sentence
 * @param line counted from 1
 * @param offset of that line's first byte in the file
 */
public record AuditFinding(String code, String message, long line, long offset) {}
