package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One target of a device-mapper table, and where it puts its bytes. The parameters are those of the
 * kernel's Documentation/admin-guide/device-mapper.
 *
 * @param range of the mapped device, in bytes
 */
record DmTarget(ByteRange range, String type, String parameters) {
  static final String CRYPT = "crypt";

  /** The word of its parameters that is the key. */
  static final int CRYPT_KEY = 1;

  /**
   * Where a part of a target is.
   *
   * @param range of {@code device} in bytes; null for all of it
   * @param part null if the place is exact; else the address space of the target that the bytes
   *     belong to, empty if it has only one
   */
  record Lower(DeviceNumber device, @Nullable ByteRange range, @Nullable String part) {}

  /**
   * Where a range of this target is.
   *
   * @param within a part of {@link #range}
   * @return null if this kind of target is not followed: it may reach all of every device that the
   *     mapped device is built on
   */
  @Nullable List<Lower> lower(ByteRange within) {
    String[] words = parameters.strip().split(" +", -1);
    try {
      return switch (type) {
        case "error", "zero" -> List.of();
        case "linear", "flakey" -> List.of(shifted(words[0], words[1], within));
        case "delay" -> delay(words, within);
        case "log-writes" ->
            List.of(
                new Lower(device(words[0]), within, null), new Lower(device(words[1]), null, ""));
        case CRYPT -> List.of(shifted(words[3], words[4], within));
        case "mirror" -> mirror(words, within);
        case "striped" -> striped(words);
        case "snapshot-origin" -> List.of(new Lower(device(words[0]), within, null));
        case "snapshot", "snapshot-merge" ->
            List.of(
                new Lower(device(words[0]), within, null), new Lower(device(words[1]), null, ""));
        case "thin" -> thin(words);
        default -> null;
      };
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
      return null; // a table that a newer kernel writes in another way
    }
  }

  private Lower shifted(String device, String sector, ByteRange within) {
    long start = Math.multiplyExact(Long.parseLong(sector), ChunkSize.SECTOR_BYTES);
    long offset = Math.addExact(start, within.offset() - range.offset());
    return new Lower(device(device), new ByteRange(offset, within.length()), null);
  }

  /** {@code DEVICE OFFSET DELAY}, once for everything or apart for reads, writes and flushes. */
  private List<Lower> delay(String[] words, ByteRange within) {
    List<Lower> found = new ArrayList<>();
    for (int at = 0; at < words.length; at += 3) {
      found.add(shifted(words[at], words[at + 1], within));
    }
    return found;
  }

  /** {@code LOG #LOG_ARGUMENTS ARGUMENTS... #DEVICES [DEVICE OFFSET]... [FEATURES...]}. */
  private List<Lower> mirror(String[] words, ByteRange within) {
    int logWords = Integer.parseInt(words[1]);
    List<Lower> found = new ArrayList<>();
    for (int i = 2; i < 2 + logWords; i++) {
      if (words[i].indexOf(':') > 0) {
        found.add(new Lower(device(words[i]), null, ""));
      }
    }
    int at = 2 + logWords;
    for (int left = Integer.parseInt(words[at++]); left > 0; left--, at += 2) {
      found.add(shifted(words[at], words[at + 1], within));
    }
    return found;
  }

  /** {@code #STRIPES CHUNK_SECTORS [DEVICE OFFSET]...}: of each device one run of equal length. */
  private List<Lower> striped(String[] words) {
    int stripes = Integer.parseInt(words[0]);
    List<Lower> found = new ArrayList<>();
    for (int i = 0; i < stripes; i++) {
      long start = Math.multiplyExact(Long.parseLong(words[3 + 2 * i]), ChunkSize.SECTOR_BYTES);
      ByteRange run = new ByteRange(start, (range.length() + stripes - 1) / stripes);
      found.add(new Lower(device(words[2 + 2 * i]), run, ""));
    }
    return found;
  }

  /** {@code POOL DEVICE_ID [EXTERNAL_ORIGIN]}: the volumes of a pool share no byte in it. */
  private static List<Lower> thin(String[] words) {
    List<Lower> found = new ArrayList<>();
    found.add(new Lower(device(words[0]), null, words[1]));
    if (words.length > 2) {
      found.add(new Lower(device(words[2]), null, ""));
    }
    return found;
  }

  private static DeviceNumber device(String word) {
    DeviceNumber number = SysBlock.parseNumber(word);
    if (number == null) {
      throw new IllegalArgumentException(word + " is no device number");
    }
    return number;
  }
}
