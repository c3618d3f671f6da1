package io.github.dmtools.dmmerge.report;

/**
 * What was read again after the last barrier, with the caches flushed.
 *
 * @param exceptions compared
 * @param different whose bytes in the origin are not the store's
 */
public record Verification(long exceptions, long different) {}
