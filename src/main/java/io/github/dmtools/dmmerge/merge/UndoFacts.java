package io.github.dmtools.dmmerge.merge;

/**
 * What a report says of the undo store.
 *
 * @param exceptions that it holds
 * @param bytes of the origin that they cover, whole chunks
 * @param continued it was there before this run
 */
public record UndoFacts(String path, long exceptions, long bytes, boolean continued) {}
