package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.plan.DdLine;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the dd lines of a plan. The devices may be unknown at first, since a document's members
 * have any order. Therefore all lines of one length must have the same shape, and at the end the
 * shapes are compared with those for the devices.
 */
final class DdLinesCheck {
  /** A whole chunk, and the last one, which may be clipped. */
  private static final int MAX_LENGTHS = 2;

  private static final String SKIP = " skip=";
  private static final String INPUT_DIRECT = " iflag=direct";
  private static final String OUTPUT_DIRECT = " oflag=direct";

  private final List<Length> lengths = new ArrayList<>();
  private final StringBuilder expected = new StringBuilder();

  /** The lines of one length, and the range of chunks that they write. */
  private static final class Length {
    private final long bytes;
    private final DdLine.Shape shape;
    private long firstChunk;
    private long lastChunk;

    Length(long bytes, DdLine.Shape shape, long chunk) {
      this.bytes = bytes;
      this.shape = shape;
      this.firstChunk = chunk;
      this.lastChunk = chunk;
    }
  }

  /** Adds the line of an exception; false if it does not match. */
  boolean add(String dd, long oldChunk, long newChunk, long bytes) {
    Length length = lengthOf(dd, oldChunk, newChunk, bytes);
    if (length == null) {
      return false;
    }
    length.firstChunk = Math.min(length.firstChunk, oldChunk);
    length.lastChunk = Math.max(length.lastChunk, oldChunk);
    DdLine.Shape shape = length.shape;
    expected.setLength(0);
    expected.append(shape.head()).append(newChunk * shape.blocksPerChunk());
    expected.append(DdLine.SEEK).append(oldChunk * shape.blocksPerChunk()).append(shape.tail());
    return dd.contentEquals(expected);
  }

  private @Nullable Length lengthOf(String dd, long oldChunk, long newChunk, long bytes) {
    for (Length known : lengths) {
      if (known.bytes == bytes) {
        return known;
      }
    }
    DdLine.Shape shape = lengths.size() == MAX_LENGTHS ? null : shapeOf(dd, newChunk);
    if (shape == null) {
      return null;
    }
    Length added = new Length(bytes, shape, oldChunk);
    lengths.add(added);
    return added;
  }

  /** The shape of a line; null if it is not a dd line. */
  private static DdLine.@Nullable Shape shapeOf(String dd, long newChunk) {
    int seek = dd.lastIndexOf(DdLine.SEEK);
    int skip = seek < 0 ? -1 : dd.lastIndexOf(SKIP, seek);
    if (skip < 0 || newChunk == 0) {
      return null;
    }
    int number = skip + SKIP.length();
    int tail = seek + DdLine.SEEK.length();
    while (tail < dd.length() && Character.digit(dd.charAt(tail), 10) >= 0) {
      tail++;
    }
    try {
      long blocks = Long.parseLong(dd, number, seek, 10) / newChunk;
      return new DdLine.Shape(dd.substring(0, number), blocks, dd.substring(tail));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** True if the lines match the plan's devices, and are clipped only at the end of the origin. */
  boolean fits(ApprovedPlan.Facts facts, ChunkSize chunkSize) {
    ApprovedPlan.Device device = facts.output();
    Target output = device == null ? null : device.target();
    DdLine lines =
        new DdLine(chunkSize, facts.input().target().path(), output == null ? null : output.path());
    boolean outputDirect = device == null ? facts.jobDirect() : device.direct();
    for (Length length : lengths) {
      if (length.bytes <= 0 || length.bytes > chunkSize.bytes()) {
        return false;
      }
      DdLine.Shape shape = lines.shape(length.bytes);
      String tail =
          withoutFlags(length.shape.tail(), shape.tail(), facts.input().direct(), outputDirect);
      if (!length.shape.head().equals(shape.head())
          || length.shape.blocksPerChunk() != shape.blocksPerChunk()
          || !tail.equals(shape.tail())
          || !isClipped(length, output, chunkSize)) {
        return false;
      }
    }
    return true;
  }

  /** Ignores O_DIRECT, which depends on alignments that are not in a plan and changes no byte. */
  private static String withoutFlags(
      String tail, String expected, boolean inputDirect, boolean outputDirect) {
    if (tail.length() == expected.length()) {
      return tail;
    }
    String rest = tail;
    if (outputDirect && rest.endsWith(OUTPUT_DIRECT)) {
      rest = rest.substring(0, rest.length() - OUTPUT_DIRECT.length());
    }
    if (inputDirect && rest.endsWith(INPUT_DIRECT)) {
      rest = rest.substring(0, rest.length() - INPUT_DIRECT.length());
    }
    return rest;
  }

  private static boolean isClipped(Length length, @Nullable Target output, ChunkSize chunkSize) {
    if (output == null) {
      return length.bytes == chunkSize.bytes();
    }
    return chunkSize.startsInside(length.lastChunk, output.bytes())
        && chunkSize.clippedBytes(length.firstChunk, output.bytes()) == length.bytes
        && chunkSize.clippedBytes(length.lastChunk, output.bytes()) == length.bytes;
  }
}
