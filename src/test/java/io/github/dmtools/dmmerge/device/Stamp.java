package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;

/** Test data that says where it came from: every 8 bytes hold a seed and their own offset. */
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
