package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One target of a device-mapper table, and where its bytes are. Parameters: the kernel's
 * Documentation/admin-guide/device-mapper.
 *
 * @param range range of the mapped device, in bytes
 */
record DmTarget(ByteRange range, String type, String parameters) {
  static final String CRYPT = "crypt";

  /** Index of the key in the parameters. */
  static final int CRYPT_KEY = 1;

  /**
   * The location of a part of a target on a lower device.
   *
   * @param range in bytes of {@code device}; null for the whole device
   * @param part null if the location is exact; else the target's address space that the bytes
   *     belong to, empty if it has only one
   */
  record Lower(DeviceNumber device, @Nullable ByteRange range, @Nullable String part) {}

  /**
   * Locates a range of this target.
   *
   * @param within a part of {@link #range}
   * @return null if this type of target is not supported: it may use all of every lower device
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
      return null; // an unknown format of a newer kernel
    }
  }

  private Lower shifted(String device, String sector, ByteRange within) {
    long start = Math.multiplyExact(Long.parseLong(sector), ChunkSize.SECTOR_BYTES);
    long offset = Math.addExact(start, within.offset() - range.offset());
    return new Lower(device(device), new ByteRange(offset, within.length()), null);
  }

  /** {@code DEVICE OFFSET DELAY}, once or separately for reads, writes and flushes. */
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

  /** {@code #STRIPES CHUNK_SECTORS [DEVICE OFFSET]...}: a range of equal length on each device. */
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
      throw new IllegalArgumentException(word + " is not a device number");
    }
    return number;
  }
}
