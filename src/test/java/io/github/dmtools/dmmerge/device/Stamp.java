package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;

/** Test data that identifies its source: every 8 bytes contain a seed and their offset. */
public final class Stamp {
  private Stamp() {}

  public static byte[] of(int seed, int count) {
    ByteBuffer words = ByteBuffer.allocate((count + 7) / 8 * 8);
    for (int i = 0; words.hasRemaining(); i++) {
      words.putInt(seed).putInt(i);
    }
    byte[] bytes = new byte[count];
    words.flip().get(bytes);
    return bytes;
  }
}
