package io.github.dmtools.dmmerge.device;

import org.jspecify.annotations.Nullable;

/**
 * What a device's signatures say. Untrusted text: bounded, without control characters, and nothing
 * else is guaranteed.
 *
 * @param type libblkid's name of the signature, such as {@code ext4} or {@code gpt}, or the image
 *     format; null if several signatures contradict each other
 * @param version of the file system or format; null if it has none
 * @param label null if it has none
 * @param uuid of the file system, the member or, if there is nothing else, the partition table;
 *     null if it has none
 * @param partitionTable type of the partition table, also where there is a file system as well;
 *     null if there is none
 */
public record DeviceContent(
    @Nullable String type,
    Usage usage,
    @Nullable String version,
    @Nullable String label,
    @Nullable String uuid,
    @Nullable String partitionTable) {

  /** What a signature is for. */
  public enum Usage {
    FILESYSTEM,
    /** A part of something larger: an LVM physical volume, a member of an array. */
    RAID,
    CRYPTO,
    /** Anything else that libblkid knows, such as swap. */
    OTHER,
    PARTITION_TABLE,
    /** A disk image in a format of its own. */
    IMAGE,
    /** Several signatures, of which at most one is right. */
    AMBIGUOUS
  }

  /** The content of a device whose signatures contradict each other. */
  public static DeviceContent ambiguous() {
    return new DeviceContent(null, Usage.AMBIGUOUS, null, null, null, null);
  }
}
