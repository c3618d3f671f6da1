package io.github.dmtools.dmmerge.plan;

import org.jspecify.annotations.Nullable;

/**
 * One exception of a plan.
 *
 * @param index position in the table, from 0
 * @param bytes to copy, less than a chunk only at the origin's end
 * @param state null if nothing was compared
 * @param sourceSha256 of the store's bytes, in hexadecimal; null if they were not digested
 * @param originSha256 of the origin's bytes; null if they were not digested
 */
public record PlannedChunk(
    long index,
    long oldChunk,
    long newChunk,
    long bytes,
    @Nullable ChunkState state,
    @Nullable String sourceSha256,
    @Nullable String originSha256) {}
