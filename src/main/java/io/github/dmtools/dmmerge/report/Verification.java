package io.github.dmtools.dmmerge.report;

/**
 * The result of reading back after the last barrier, with dropped caches.
 *
 * @param exceptions number of exceptions compared
 * @param different number of exceptions whose bytes differ from the store
 */
public record Verification(long exceptions, long different) {}
