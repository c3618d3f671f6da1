package io.github.dmtools.dmmerge.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The low-level probing functions of libblkid (blkid.h of util-linux 2.30 or later), and two
 * functions of the C library that only their user needs and that old C libraries lack. A probe is
 * an address.
 */
class LibBlkid {
  private static final String LIBRARY = "libblkid.so.1";

  /** BLKID_SUBLKS_LABEL, _UUID, _TYPE, _USAGE and _VERSION. */
  static final int SUBLKS_WANTED = 1 << 1 | 1 << 3 | 1 << 5 | 1 << 7 | 1 << 8;

  static final int FOUND = 0;
  static final int NOTHING = 1;
  static final int AMBIVALENT = -2;

  static final int MFD_CLOEXEC = 1;

  /** Loads the library; null if it is missing or too old. */
  static @Nullable LibBlkid load() {
    try {
      Native.register(LibBlkid.class, NativeLibrary.getInstance(LIBRARY));
      return new LibBlkid();
    } catch (UnsatisfiedLinkError e) {
      return null;
    }
  }

  /** blkid_new_probe: 0 if out of memory. */
  native long blkid_new_probe();

  /** blkid_probe_set_device: 0 on success. */
  native int blkid_probe_set_device(long probe, int fd, long offset, long size);

  /** blkid_probe_set_sectorsize: 0 on success. */
  native int blkid_probe_set_sectorsize(long probe, int bytes);

  /** blkid_probe_enable_partitions: 0 on success. */
  native int blkid_probe_enable_partitions(long probe, int enable);

  /** blkid_probe_set_superblocks_flags: 0 on success. */
  native int blkid_probe_set_superblocks_flags(long probe, int flags);

  /**
   * blkid_do_safeprobe: {@link #FOUND}, {@link #NOTHING}, {@link #AMBIVALENT}, or -1 for an error.
   */
  native int blkid_do_safeprobe(long probe);

  /** blkid_do_probe, the next signature: {@link #FOUND}, {@link #NOTHING}, or -1 for an error. */
  native int blkid_do_probe(long probe);

  /** blkid_reset_probe: keeps the device, drops the results. */
  native void blkid_reset_probe(long probe);

  /** blkid_probe_lookup_value: 0 if there is such a value. */
  native int blkid_probe_lookup_value(long probe, byte[] name, long[] data, long[] length);

  /**
   * Looks up a value of the probe.
   *
   * @return at most {@code most} bytes of the value, including the final zero if it fits; null if
   *     there is no such value
   */
  byte @Nullable [] lookupValue(long probe, String name, int most) {
    long[] data = new long[1];
    long[] length = new long[1];
    byte[] cName = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    if (blkid_probe_lookup_value(probe, cName, data, length) != 0 || data[0] == 0) {
      return null;
    }
    return new Pointer(data[0]).getByteArray(0, (int) Math.min(most, length[0]));
  }

  /** blkid_free_probe: does not close the descriptor. */
  native void blkid_free_probe(long probe);

  /** memfd_create(2). */
  native int memfd_create(byte[] name, int flags);

  /** dup3(2). */
  native int dup3(int from, int to, int flags);
}
