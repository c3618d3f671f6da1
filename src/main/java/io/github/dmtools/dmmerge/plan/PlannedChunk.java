package io.github.dmtools.dmmerge.plan;

import org.jspecify.annotations.Nullable;

/**
 * One exception of a plan.
 *
 * @param index position in the table, from 0
 * @param bytes bytes to copy; less than a chunk only at the end of the origin
 * @param state null if the data was not compared
 * @param sourceSha256 digest of the store's bytes in hexadecimal; null if not computed
 * @param originSha256 digest of the origin's bytes in hexadecimal; null if not computed
 */
public record PlannedChunk(
    long index,
    long oldChunk,
    long newChunk,
    long bytes,
    @Nullable ChunkState state,
    @Nullable String sourceSha256,
    @Nullable String originSha256) {}
