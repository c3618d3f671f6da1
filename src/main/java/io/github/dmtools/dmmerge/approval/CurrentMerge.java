package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.chunk.ChunkSize;

/**
 * What an approval must hold for, besides the current plan.
 *
 * @param chunkSize chunk size of the job's store
 * @param targets the job's devices
 * @param writing whether the job is to be applied, so that what the origin has where the store's
 *     data is still pending must be as approved
 * @param torn what a killed run saved
 */
public record CurrentMerge(
    ChunkSize chunkSize, Targets targets, boolean writing, SavedDigests torn) {}
