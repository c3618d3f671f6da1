package io.github.dmtools.dmmerge.apply;

/**
 * What became of everything in the table, in exceptions or in bytes.
 *
 * @param written with the barrier after it
 * @param unchanged equal already
 * @param failed not copied, or not known to be durable
 * @param pending different, or not reached, and not written
 */
public record Counts(long total, long written, long unchanged, long failed, long pending) {}
