package io.github.dmtools.dmmerge.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@link LibBlkid} by JNA's direct mapping. */
final class JnaBlkid implements LibBlkid {
  private static final String LIBRARY = "libblkid.so.1";

  private JnaBlkid() {}

  /** Loads the library; null if it is missing or too old. */
  static @Nullable LibBlkid load() {
    try {
      Native.register(Raw.class, NativeLibrary.getInstance(LIBRARY));
      Native.register(Calls.class, NativeLibrary.getProcess());
      return new JnaBlkid();
    } catch (UnsatisfiedLinkError e) {
      return null;
    }
  }

  /** The symbols of libblkid. */
  private static final class Raw {
    static native long blkid_new_probe();

    static native void blkid_free_probe(long probe);

    static native void blkid_reset_probe(long probe);

    static native int blkid_probe_set_device(long probe, int fd, long offset, long size);

    static native int blkid_probe_set_sectorsize(long probe, int bytes);

    static native int blkid_probe_enable_partitions(long probe, int enable);

    static native int blkid_probe_set_superblocks_flags(long probe, int flags);

    static native int blkid_do_safeprobe(long probe);

    static native int blkid_do_probe(long probe);

    static native int blkid_probe_lookup_value(long probe, byte[] name, long[] data, long[] length);
  }

  /** The symbols of the C library. */
  private static final class Calls {
    static native int memfd_create(byte[] name, int flags);

    static native int dup3(int from, int to, int flags);
  }

  @Override
  public long newProbe() {
    return Raw.blkid_new_probe();
  }

  @Override
  public int setDevice(long probe, int fd, long offset, long size) {
    return Raw.blkid_probe_set_device(probe, fd, offset, size);
  }

  @Override
  public int setSectorSize(long probe, int bytes) {
    return Raw.blkid_probe_set_sectorsize(probe, bytes);
  }

  @Override
  public int enablePartitions(long probe, int enable) {
    return Raw.blkid_probe_enable_partitions(probe, enable);
  }

  @Override
  public int setSuperblocksFlags(long probe, int flags) {
    return Raw.blkid_probe_set_superblocks_flags(probe, flags);
  }

  @Override
  public int doSafeprobe(long probe) {
    return Raw.blkid_do_safeprobe(probe);
  }

  @Override
  public int doProbe(long probe) {
    return Raw.blkid_do_probe(probe);
  }

  @Override
  public void resetProbe(long probe) {
    Raw.blkid_reset_probe(probe);
  }

  @Override
  public byte @Nullable [] lookupValue(long probe, String name, int most) {
    long[] data = new long[1];
    long[] length = new long[1];
    byte[] cName = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    if (Raw.blkid_probe_lookup_value(probe, cName, data, length) != 0 || data[0] == 0) {
      return null;
    }
    return new Pointer(data[0]).getByteArray(0, (int) Math.min(most, length[0]));
  }

  @Override
  public void freeProbe(long probe) {
    Raw.blkid_free_probe(probe);
  }

  @Override
  public int memfdCreate(byte[] name, int flags) {
    return Calls.memfd_create(name, flags);
  }

  @Override
  public int dup3(int from, int to, int flags) {
    return Calls.dup3(from, to, flags);
  }
}
