package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.Claims;
import io.github.dmtools.dmmerge.device.UsedDevice;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Claims by O_EXCL, which also excludes the kernel's users of block devices, see open(2). */
final class LinuxClaims implements Claims {
  private final Syscalls syscalls;
  private final Map<String, Integer> descriptors = new LinkedHashMap<>();

  LinuxClaims(Syscalls syscalls) {
    this.syscalls = syscalls;
  }

  @Override
  public void add(List<UsedDevice> devices) {
    for (UsedDevice device : devices) {
      if (!descriptors.containsKey(device.number())) {
        descriptors.put(device.number(), claim(device));
      }
    }
  }

  private int claim(UsedDevice device) {
    DeviceNumber number = SysBlock.parseNumber(device.number());
    if (number == null) {
      throw new IllegalArgumentException(device + " is not a block device");
    }
    int errno = Errno.ENOENT;
    for (String path : new SysBlock().nodePaths(number)) {
      int fd = openExclusively(path);
      if (fd == -Errno.EBUSY) {
        throw new ProblemException(
            Problem.at(
                ProblemCode.DEVICE_IN_USE,
                device.path(),
                device.path() + " is in use: another program or the kernel has claimed it"));
      }
      if (fd >= 0) {
        FileStatus status = syscalls.tryStatus(LinuxDevice.descriptor(fd));
        if (status != null && number.equals(status.specialDevice())) {
          return fd;
        }
        syscalls.libC().close(fd);
      } else if (fd != -Errno.ENOENT) {
        errno = -fd;
      }
    }
    throw syscalls.failed(
        ProblemCode.DEVICE_USE_UNKNOWN,
        "cannot open " + device.path() + " to see whether it is in use",
        device.path(),
        null,
        errno);
  }

  private int openExclusively(String path) {
    int flags = LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_EXCL;
    return RetryWhileBusy.whileTrue(() -> syscalls.tryOpen(path, flags), fd -> fd == -Errno.EBUSY);
  }

  @Override
  public void close() {
    descriptors.values().forEach(syscalls.libC()::close);
    descriptors.clear();
  }
}
