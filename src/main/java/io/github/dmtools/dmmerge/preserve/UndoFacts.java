package io.github.dmtools.dmmerge.preserve;

import org.jspecify.annotations.Nullable;

/**
 * An undo store as a report shows it.
 *
 * @param exceptions number of saved chunks
 * @param bytes size of the saved chunks, counted as whole chunks
 * @param continued true if it existed before this run
 * @param runId id of the run that created it; null if an older version created it
 * @param lasting true if it is bound to its origin by a name that survives a reboot
 */
public record UndoFacts(
    String path,
    long exceptions,
    long bytes,
    boolean continued,
    @Nullable String runId,
    boolean lasting) {}
