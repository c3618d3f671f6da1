package io.github.dmtools.dmmerge.job;

import org.jspecify.annotations.Nullable;

/**
 * What the operator asked for, with the defaults filled in.
 *
 * @param input path of the store
 * @param output path of the origin; null in a job that only looks at the store
 * @param direct past the page cache, where it can be had
 * @param relaxed a cache flush that fails is a warning
 * @param force apply may write
 * @param label free text that plans and reports carry
 */
public record Job(
    String input,
    @Nullable String output,
    boolean direct,
    boolean relaxed,
    boolean force,
    @Nullable String label) {}
