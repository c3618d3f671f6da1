package io.github.dmtools.dmmerge.apply;

/**
 * The outcome of the whole table, in exceptions or in bytes.
 *
 * @param written durably written
 * @param unchanged already equal
 * @param failed not copied, or not known to be durable
 * @param pending not written because the run was dry or stopped
 */
public record Counts(long total, long written, long unchanged, long failed, long pending) {}
