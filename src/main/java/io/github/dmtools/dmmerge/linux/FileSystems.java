package io.github.dmtools.dmmerge.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** Magic numbers of file systems, linux/magic.h and statfs(2). */
final class FileSystems {
  static final int STATFS_BYTES = 120;

  static final long PROC = 0x9fa0;
  static final long SYSFS = 0x62656572L;
  static final long OVERLAY = 0x794c7630L;
  static final long NFS = 0x6969L;

  /**
   * File systems whose files belong to the kernel: a write changes the system and stores nothing.
   */
  private static final Set<Long> KERNEL_INTERFACES =
      Set.of(
          PROC,
          SYSFS,
          0x64626720L, // debugfs
          0x74726163L, // tracefs
          0x73636673L, // securityfs
          0xf97cff8cL, // selinuxfs
          0x43415d53L, // smackfs
          0x5a3c69f0L, // apparmorfs
          0x27e0ebL, // cgroup
          0x63677270L, // cgroup2
          0x7655821L, // resctrl
          0x62656570L, // configfs
          0xcafe4a11L, // bpf
          0xde5e81e4L, // efivarfs
          0x6165676cL, // pstore
          0x42494e4dL, // binfmt_misc
          0x65735543L, // fusectl
          0x19800202L, // mqueue
          0x958458f6L, // hugetlbfs
          0x1cd1L, // devpts
          0x6e736673L, // nsfs
          0x6e667364L, // nfsd
          0x67596969L, // rpc_pipefs
          0x187L, // autofs, where nothing is mounted
          0x9fa1L, // openpromfs
          0x6c6f6f70L, // binderfs
          0xabba1974L); // xenfs

  private FileSystems() {}

  /** The magic number in a result of statfs(2). */
  static long magic(byte[] statfs) {
    return ByteBuffer.wrap(statfs).order(ByteOrder.nativeOrder()).getLong(0) & 0xffff_ffffL;
  }

  /** True if the file system stores regular files. */
  static boolean storesFiles(long magic) {
    return !KERNEL_INTERFACES.contains(magic);
  }
}
