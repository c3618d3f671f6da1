package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.LastingName;
import io.github.dmtools.dmmerge.device.OwnFile;
import io.github.dmtools.dmmerge.ownfile.FileTargets;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.problem.WarningSink;
import org.jspecify.annotations.Nullable;

/** Devices of this Linux. */
public final class LinuxDevices implements Devices {
  private final Syscalls syscalls = new Syscalls(new JnaLibC());
  private final int openDirect = Architecture.current().openDirect();
  private final LinuxFileTargets fileTargets =
      new LinuxFileTargets(new TargetCalls(syscalls.libC(), Architecture.current()));
  private final OwnFiles ownFiles = new OwnFiles(syscalls, fileTargets);

  /** Whether stderr is a terminal. */
  public boolean isStderrTerminal() {
    return syscalls.libC().isatty(2) == 1;
  }

  /** Where files of our own are written. */
  public FileTargets fileTargets() {
    return fileTargets;
  }

  @Override
  public BlockDevice openForReading(String path, boolean direct, WarningSink warnings) {
    String absolute = absolute(path);
    requireDeviceOrFile(absolute, syscalls.status(absolute));
    return open(absolute, LibC.O_RDONLY, direct, warnings);
  }

  @Override
  public BlockDevice openForWriting(BlockDevice reader, boolean shared, WarningSink warnings) {
    LinuxDevice guarded = (LinuxDevice) reader;
    boolean claim = guarded.status().isBlock() && !shared;
    int flags = LibC.O_RDWR | (claim ? LibC.O_EXCL : 0);
    LinuxDevice writer = open(guarded.path(), flags, guarded.direct(), warnings);
    if (!writer.status().identity().equals(guarded.status().identity())) {
      writer.close();
      throw becameAnother(guarded.path());
    }
    return writer;
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
  public DeviceUse useOf(BlockDevice device) {
    LinuxDevice opened = (LinuxDevice) device;
    boolean readOnly = opened.status().isBlock() && ioctlInt(opened, LibC.BLKROGET) != 0;
    return new UseReader(syscalls).useOf(opened.status(), opened.sizeBytes(), readOnly);
  }

  @Override
  public LastingName nameOf(BlockDevice device) {
    return new DeviceNames(new SysBlock(syscalls)).of(((LinuxDevice) device).status());
  }

  @Override
  public @Nullable OwnFile openOwnFile(String path) {
    return ownFiles.open(absolute(path));
  }

  @Override
  public OwnFile createOwnFile(String path, long bytes) {
    return ownFiles.create(absolute(path), bytes);
  }

  private static String absolute(String path) {
    // No java.nio.file.Path: it refuses names that the locale's encoding lacks.
    return path.startsWith("/") ? path : System.getProperty("user.dir") + "/" + path;
  }

  private LinuxDevice open(String path, int flags, boolean direct, WarningSink warnings) {
    // O_NONBLOCK: if the path became a FIFO since it was looked at, the open must not hang.
    int fd = syscalls.tryOpen(path, flags | LibC.O_NONBLOCK);
    if (fd < 0) {
      throw syscalls.failedOpen(path, -fd);
    }
    try {
      FileStatus status = syscalls.status(fd, path);
      requireDeviceOrFile(path, status);
      LinuxDevice.Geometry geometry = geometry(fd, path, status);
      int directFd = direct ? openDirect(path, flags, status, warnings) : -1;
      return new LinuxDevice(syscalls, path, status, geometry, fd, directFd, warnings);
    } catch (RuntimeException e) {
      syscalls.libC().close(fd);
      throw e;
    }
  }

  private int openDirect(String path, int flags, FileStatus opened, WarningSink warnings) {
    // A claim is made once: the second descriptor shares it by not asking.
    int fd = syscalls.tryOpen(path, (flags & ~LibC.O_EXCL) | LibC.O_NONBLOCK | openDirect);
    if (fd >= 0) {
      return sameDevice(fd, path, opened);
    }
    if (fd != -Errno.EINVAL) {
      throw syscalls.failedOpen(path, -fd);
    }
    warnings.warn(directUnavailable(path));
    return -1;
  }

  /** The path may have become another device between the two opens. */
  private int sameDevice(int fd, String path, FileStatus opened) {
    if (syscalls.status(fd, path).identity().equals(opened.identity())) {
      return fd;
    }
    syscalls.libC().close(fd);
    throw becameAnother(path);
  }

  private static ProblemException becameAnother(String path) {
    return new ProblemException(
        Problem.at(
            ProblemCode.DEVICE_BUSY,
            path,
            path + " became another device while it was being looked at"));
  }

  static Warning directUnavailable(String path) {
    return new Warning(
        "direct.unavailable", "O_DIRECT is refused for " + path + ", I/O is buffered", path);
  }

  private LinuxDevice.Geometry geometry(int fd, String path, FileStatus status) {
    if (!status.isBlock()) {
      int alignment =
          status.directAlignment() > 0 ? status.directAlignment() : AlignedBuffers.ALIGNMENT;
      return new LinuxDevice.Geometry(status.size(), ChunkSize.SECTOR_BYTES, alignment);
    }
    long bytes = ioctl(fd, path, LibC.BLKGETSIZE64);
    int block = (int) ioctl(fd, path, LibC.BLKSSZGET);
    return new LinuxDevice.Geometry(bytes, block, block);
  }

  private int ioctlInt(LinuxDevice device, long request) {
    return (int) ioctl(device.fd(), device.path(), request);
  }

  private long ioctl(int fd, String path, long request) {
    long[] result = new long[1];
    if (syscalls.libC().ioctl(fd, request, result) != 0) {
      int errno = syscalls.libC().errno();
      throw syscalls.failed(
          ProblemCode.DEVICE_OPEN, "cannot ask the kernel about " + path, path, null, errno);
    }
    return result[0];
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
