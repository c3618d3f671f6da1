package io.github.dmtools.dmmerge.device;

import org.jspecify.annotations.Nullable;

/**
 * The content of a device according to its signatures. The texts are untrusted: they are bounded
 * and have no control characters, nothing else is guaranteed.
 *
 * @param type libblkid's name of the signature, such as {@code ext4} or {@code gpt}, or the image
 *     format; null if several signatures conflict
 * @param version version of the file system or format; null if it has none
 * @param label null if there is none
 * @param uuid UUID of the file system, the member or, without those, the partition table; null if
 *     there is none
 * @param partitionTable type of the partition table, even if there is also a file system; null if
 *     there is none
 */
public record DeviceContent(
    @Nullable String type,
    Usage usage,
    @Nullable String version,
    @Nullable String label,
    @Nullable String uuid,
    @Nullable String partitionTable) {

  /** The purpose of a signature. */
  public enum Usage {
    FILESYSTEM,
    /** A member of something larger: an LVM physical volume, a member of an array. */
    RAID,
    CRYPTO,
    /** Anything else that libblkid knows, such as swap. */
    OTHER,
    PARTITION_TABLE,
    /** A disk image that is not raw. */
    IMAGE,
    /** Several signatures, of which at most one is right. */
    AMBIGUOUS
  }

  /** The content of a device with conflicting signatures. */
  public static DeviceContent ambiguous() {
    return new DeviceContent(null, Usage.AMBIGUOUS, null, null, null, null);
  }
}
