package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Claims;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.Identification;
import io.github.dmtools.dmmerge.device.PersistentId;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.device.Survey;
import io.github.dmtools.dmmerge.ownfile.FileTargets;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The devices of this system. */
public final class LinuxDevices implements Devices {
  private final Syscalls syscalls = new Syscalls(new LibC());
  private final OwnDescriptors inherited = OwnDescriptors.list(syscalls);
  private final int openDirect = Architecture.current().openDirect();
  private final LinuxFileTargets fileTargets =
      new LinuxFileTargets(new TargetCalls(syscalls.libC(), Architecture.current()));
  private final PreallocatedFiles preallocatedFiles = new PreallocatedFiles(syscalls, fileTargets);

  /** True if stderr is a terminal. */
  public boolean isStderrTerminal() {
    return syscalls.libC().isatty(2) == 1;
  }

  /** Opens the files that dm-merge writes. */
  public FileTargets fileTargets() {
    return fileTargets;
  }

  @Override
  public BlockDevice openForReading(String path, boolean direct, WarningSink warnings) {
    String absolute = absolute(path);
    requireDeviceOrFile(absolute, syscalls.status(absolute));
    return open(absolute, absolute, LibC.O_RDONLY, direct, warnings);
  }

  @Override
  public BlockDevice openForWriting(BlockDevice reader, boolean shared, WarningSink warnings) {
    LinuxDevice guarded = (LinuxDevice) reader;
    boolean claim = guarded.status().isBlock() && !shared;
    int flags = LibC.O_RDWR | (claim ? LibC.O_EXCL : 0);
    // By its descriptor: the path may lead to another device by now.
    LinuxDevice writer =
        open(guarded.descriptor(), guarded.path(), flags, guarded.direct(), warnings);
    if (!writer.status().identity().equals(guarded.status().identity())) {
      writer.close();
      throw replaced(guarded.path());
    }
    return writer;
  }

  @Override
  public void copyUp(String path) {
    String absolute = absolute(path);
    if (isFile(absolute) && OverlayFiles.isOverlay(syscalls, absolute)) {
      int fd = syscalls.tryOpen(absolute, LibC.O_RDWR | LibC.O_NONBLOCK);
      if (fd >= 0) {
        syscalls.libC().close(fd);
      }
    }
  }

  @Override
  public boolean isFile(String path) {
    try {
      return syscalls.status(absolute(path)).isRegular();
    } catch (ProblemException e) {
      return false;
    }
  }

  @Override
  public Survey survey() {
    return new LinuxSurvey(syscalls, inherited);
  }

  @Override
  public Claims newClaims() {
    return new LinuxClaims(syscalls);
  }

  @Override
  public Identification identify(BlockDevice device) {
    LinuxDevice opened = (LinuxDevice) device;
    LibBlkid blkid = LibBlkid.load();
    return blkid == null
        ? Identification.unavailable("libblkid.so.1 is not available")
        : new SignatureReader(syscalls.libC(), blkid)
            .identify(opened.fd(), opened.sizeBytes(), opened.logicalBlockBytes());
  }

  @Override
  public boolean startsAFile(BlockDevice device) {
    LinuxDevice opened = (LinuxDevice) device;
    if (!opened.status().isBlock()) {
      return true;
    }
    LoopStatus loop =
        new SysBlock().isAttachedLoop(opened.status().specialDevice())
            ? LoopStatus.of(syscalls, opened.fd())
            : null;
    return loop != null && loop.blockDevice() == null && loop.offset() == 0;
  }

  @Override
  public PersistentId nameOf(BlockDevice device) {
    LinuxDevice opened = (LinuxDevice) device;
    return new PersistentIds(syscalls, new SysBlock()).of(opened.status(), opened.descriptor());
  }

  @Override
  public @Nullable UUID bootId() {
    String id = SysBlock.attribute(Path.of("/proc/sys/kernel/random/boot_id"));
    try {
      return id == null ? null : UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public @Nullable PreallocatedFile openPreallocated(String path) {
    return preallocatedFiles.open(absolute(path));
  }

  @Override
  public PreallocatedFile createPreallocated(String path, long bytes) {
    return preallocatedFiles.create(absolute(path), bytes);
  }

  /**
   * Opens a file for reading, such as an approved plan.
   *
   * @throws ProblemException {@code path.*}, {@code device.open}
   */
  public RegularFile openRegular(String path) {
    return new RegularFile(syscalls, absolute(path));
  }

  private static String absolute(String path) {
    // Not java.nio.file.Path, which refuses names that the locale cannot encode.
    return path.startsWith("/") ? path : System.getProperty("user.dir") + "/" + path;
  }

  /**
   * Opens a device.
   *
   * @param at the path to open
   * @param path the path for messages
   */
  private LinuxDevice open(
      String at, String path, int flags, boolean direct, WarningSink warnings) {
    // O_NONBLOCK: the path may have become a FIFO, and the open must not hang.
    int fd = syscalls.tryOpen(at, flags | LibC.O_NONBLOCK);
    if (fd < 0) {
      throw syscalls.failedOpen(path, -fd);
    }
    try {
      FileStatus status = syscalls.status(fd, path);
      requireDeviceOrFile(path, status);
      LinuxDevice.Geometry geometry = geometry(fd, path, status);
      int directFd = direct ? openDirect(fd, path, flags, warnings) : -1;
      DeviceIo io =
          new DeviceIo(syscalls, path, fd, directFd, alignment(status, geometry), warnings);
      return new LinuxDevice(syscalls, path, status, geometry, io);
    } catch (RuntimeException e) {
      syscalls.libC().close(fd);
      throw e;
    }
  }

  /** Opens the descriptor's device again with O_DIRECT; -1 if that is refused. */
  private int openDirect(int opened, String path, int flags, WarningSink warnings) {
    // The first descriptor has the claim.
    int again = (flags & ~LibC.O_EXCL) | LibC.O_NONBLOCK | openDirect;
    int fd = syscalls.tryOpen(LinuxDevice.descriptor(opened), again);
    // ENOENT: /proc is not mounted.
    if (fd < 0 && fd != -Errno.EINVAL && fd != -Errno.ENOENT) {
      throw syscalls.failedOpen(path, -fd);
    }
    if (fd < 0) {
      warnings.warn(directUnavailable(path));
    }
    return Math.max(fd, -1);
  }

  private static ProblemException replaced(String path) {
    return new ProblemException(
        Problem.at(
            ProblemCode.DEVICE_BUSY,
            path,
            path + " was replaced by another device while it was opened"));
  }

  static Warning directUnavailable(String path) {
    return new Warning(
        "direct.unavailable", "O_DIRECT is refused for " + path + ", I/O is buffered", path);
  }

  private LinuxDevice.Geometry geometry(int fd, String path, FileStatus status) {
    if (!status.isBlock()) {
      return new LinuxDevice.Geometry(status.size(), ChunkSize.SECTOR_BYTES);
    }
    long bytes = syscalls.query(fd, path, LibC.BLKGETSIZE64);
    int block = (int) syscalls.query(fd, path, LibC.BLKSSZGET);
    return new LinuxDevice.Geometry(bytes, block);
  }

  private static int alignment(FileStatus status, LinuxDevice.Geometry geometry) {
    if (status.isBlock()) {
      return geometry.logicalBlockBytes();
    }
    return status.directAlignment() > 0 ? status.directAlignment() : AlignedBuffers.ALIGNMENT;
  }

  private static void requireDeviceOrFile(String path, FileStatus status) {
    if (!status.isBlock() && !status.isRegular()) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.PATH_WRONG_TYPE,
              path,
              path + " is " + status.typeName() + ", not a block device or a regular file"));
    }
  }
}
