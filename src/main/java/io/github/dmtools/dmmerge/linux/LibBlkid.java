package io.github.dmtools.dmmerge.linux;

import org.jspecify.annotations.Nullable;

/**
 * The low-level probing functions of libblkid (blkid.h of util-linux 2.30 or later), and two system
 * calls that only their user needs. These are not in {@link LibC}, because old C libraries lack
 * them. A probe is an address. Loaded when first used.
 */
interface LibBlkid {
  /** BLKID_SUBLKS_LABEL, _UUID, _TYPE, _USAGE and _VERSION. */
  int SUBLKS_WANTED = 1 << 1 | 1 << 3 | 1 << 5 | 1 << 7 | 1 << 8;

  int FOUND = 0;
  int NOTHING = 1;
  int AMBIVALENT = -2;

  int MFD_CLOEXEC = 1;

  /** blkid_new_probe: 0 if out of memory. */
  long newProbe();

  /** blkid_probe_set_device: 0 on success. */
  int setDevice(long probe, int fd, long offset, long size);

  /** blkid_probe_set_sectorsize: 0 on success. */
  int setSectorSize(long probe, int bytes);

  /** blkid_probe_enable_partitions: 0 on success. */
  int enablePartitions(long probe, int enable);

  /** blkid_probe_set_superblocks_flags: 0 on success. */
  int setSuperblocksFlags(long probe, int flags);

  /**
   * blkid_do_safeprobe: {@link #FOUND}, {@link #NOTHING}, {@link #AMBIVALENT}, or -1 for an error.
   */
  int doSafeprobe(long probe);

  /** blkid_do_probe, the next signature: {@link #FOUND}, {@link #NOTHING}, or -1 for an error. */
  int doProbe(long probe);

  /** blkid_reset_probe: keeps the device, drops the results. */
  void resetProbe(long probe);

  /**
   * blkid_probe_lookup_value.
   *
   * @return at most {@code most} bytes of the value, including the final zero if it fits; null if
   *     there is no such value
   */
  byte @Nullable [] lookupValue(long probe, String name, int most);

  /** blkid_free_probe: does not close the descriptor. */
  void freeProbe(long probe);

  /** memfd_create(2). */
  int memfdCreate(byte[] name, int flags);

  /** dup3(2). */
  int dup3(int from, int to, int flags);
}
