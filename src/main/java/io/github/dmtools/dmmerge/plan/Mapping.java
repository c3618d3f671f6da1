package io.github.dmtools.dmmerge.plan;

/**
 * One exception, in chunks and in bytes.
 *
 * @param index position in the table, from 0
 */
public record Mapping(
    long index, long oldChunk, long newChunk, long originOffset, long storeOffset, long bytes) {}
