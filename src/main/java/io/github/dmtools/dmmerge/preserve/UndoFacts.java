package io.github.dmtools.dmmerge.preserve;

import org.jspecify.annotations.Nullable;

/**
 * What a report says of the undo store.
 *
 * @param exceptions that it holds
 * @param bytes of the origin that they cover, whole chunks
 * @param continued it was there before this run
 * @param runId of the run that made it; null in an undo store of an older version
 * @param lasting it is bound to its origin by a name that outlives a reboot
 */
public record UndoFacts(
    String path,
    long exceptions,
    long bytes,
    boolean continued,
    @Nullable String runId,
    boolean lasting) {}
