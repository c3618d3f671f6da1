package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;

/** What a document says of a store. */
public record StoreFacts(ChunkSize chunkSize, long areas, long exceptions) {
  public static StoreFacts of(ExceptionStore store) {
    return new StoreFacts(store.chunkSize(), store.areas(), store.exceptions());
  }
}
