package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.plan.ChunkState;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import org.jspecify.annotations.Nullable;

/** Reads the elements of a plan's {@code exceptions}. */
final class PlannedChunkReader {
  private final PlanParser json;
  private String dd = "";

  PlannedChunkReader(PlanParser json) {
    this.json = json;
  }

  /** Reads the object that the parser has entered. */
  PlannedChunk read() {
    long index = -1;
    long oldChunk = -1;
    long newChunk = -1;
    long bytes = -1;
    ChunkState state = null;
    String source = null;
    String origin = null;
    dd = "";
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (name) {
        case "index" -> index = json.number();
        case "old_chunk" -> oldChunk = json.number();
        case "new_chunk" -> newChunk = json.number();
        case "bytes" -> bytes = json.number();
        case "state" -> state = state();
        case "dd" -> dd = String.valueOf(json.optionalText());
        case "source_sha256" -> source = json.optionalDigest();
        case "origin_sha256" -> origin = json.optionalDigest();
        default -> json.skip();
      }
    }
    json.require((index | oldChunk | newChunk | bytes) >= 0, "exceptions");
    return new PlannedChunk(index, oldChunk, newChunk, bytes, state, source, origin);
  }

  private @Nullable ChunkState state() {
    String state = json.optionalText();
    if (state == null) {
      return null;
    }
    json.require(state.equals("pending") || state.equals("applied"), "state");
    return state.equals("pending") ? ChunkState.PENDING : ChunkState.APPLIED;
  }

  /** The dd line of the last element. */
  String dd() {
    return dd;
  }
}
