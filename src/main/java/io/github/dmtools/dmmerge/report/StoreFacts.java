package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;

/** A store in a document. */
public record StoreFacts(ChunkSize chunkSize, long areas, long exceptions) {
  /** The facts of a validated store. */
  public static StoreFacts of(ExceptionStore store) {
    return new StoreFacts(store.chunkSize(), store.areas(), store.exceptions());
  }
}
