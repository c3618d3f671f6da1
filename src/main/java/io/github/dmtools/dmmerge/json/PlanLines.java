package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.audit.LineBuffer;
import io.github.dmtools.dmmerge.plan.ChunkState;
import io.github.dmtools.dmmerge.plan.DdLine;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes the exceptions of a plan, one per line. There may be millions, so the lines are put
 * together without a JSON generator, which takes twice the time.
 */
final class PlanLines {
  private static final int BUFFER_BYTES = 256 * 1024;

  private static final byte[] INDEX = ascii("{\"index\":");
  private static final byte[] OLD_CHUNK = ascii(",\"old_chunk\":");
  private static final byte[] NEW_CHUNK = ascii(",\"new_chunk\":");
  private static final byte[] BYTES = ascii(",\"bytes\":");
  private static final byte[] STATE = ascii(",\"state\":");
  private static final byte[] DD = ascii(",\"dd\":\"");
  private static final byte[] SEEK = ascii(DdLine.SEEK);
  private static final byte[] SOURCE = ascii("\",\"source_sha256\":");
  private static final byte[] ORIGIN = ascii(",\"origin_sha256\":");
  private static final byte[] NULL = ascii("null");
  private static final byte[] PENDING = ascii("\"pending\"");
  private static final byte[] APPLIED = ascii("\"applied\"");

  private final JsonGenerator json;
  private final OutputStream out;
  private final DdLine dd;
  private final LineBuffer lines = new LineBuffer(BUFFER_BYTES);
  private DdLine.Shape shape = new DdLine.Shape("", 0, "");
  private long shapeBytes;
  private byte[] head = {};
  private byte[] tail = {};
  private boolean begun;

  /**
   * @param out the stream that the generator writes to
   */
  PlanLines(JsonGenerator json, OutputStream out, DdLine dd) {
    this.json = json;
    this.out = out;
    this.dd = dd;
  }

  void add(PlannedChunk exception) {
    if (begun) {
      lines.ascii(',');
    }
    begun = true;
    lines.ascii('\n');
    lines.bytes(INDEX).number(exception.index());
    lines.bytes(OLD_CHUNK).number(exception.oldChunk());
    lines.bytes(NEW_CHUNK).number(exception.newChunk());
    lines.bytes(BYTES).number(exception.bytes());
    lines.bytes(STATE).bytes(name(exception.state()));
    addDd(exception);
    addDigest(SOURCE, exception.sourceSha256());
    addDigest(ORIGIN, exception.originSha256());
    lines.ascii('}');
    if (lines.length() >= BUFFER_BYTES - BUFFER_BYTES / 8) {
      flush();
    }
  }

  private static byte[] name(@Nullable ChunkState state) {
    if (state == null) {
      return NULL;
    }
    return state == ChunkState.PENDING ? PENDING : APPLIED;
  }

  private void addDd(PlannedChunk exception) {
    if (exception.bytes() != shapeBytes) {
      shapeBytes = exception.bytes();
      shape = dd.shape(shapeBytes);
      head = PrintableEscapes.quote(shape.head());
      tail = PrintableEscapes.quote(shape.tail());
    }
    lines.bytes(DD).bytes(head).number(exception.newChunk() * shape.blocksPerChunk());
    lines.bytes(SEEK).number(exception.oldChunk() * shape.blocksPerChunk()).bytes(tail);
  }

  private void addDigest(byte[] name, @Nullable String digest) {
    lines.bytes(name);
    if (digest == null) {
      lines.bytes(NULL);
    } else {
      lines.ascii('"').ascii(digest).ascii('"');
    }
  }

  /** Flushes the generator, then the buffered lines. */
  void flush() {
    json.flush();
    try {
      lines.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lines.clear();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
