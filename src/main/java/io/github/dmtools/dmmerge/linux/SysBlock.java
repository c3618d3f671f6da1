package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The block devices that {@code /sys} shows. What is not there (a device that just went, an
 * attribute that this kind of device lacks) is null or empty.
 */
final class SysBlock {
  private static final Path BY_NUMBER = Path.of("/sys/dev/block");
  private static final Path ALL = Path.of("/sys/block");

  private final Syscalls syscalls;

  SysBlock(Syscalls syscalls) {
    this.syscalls = syscalls;
  }

  /** A partition's place: its disk and its first sector there. */
  record Partition(DeviceNumber disk, long startSector) {}

  /**
   * A loop device's file or device.
   *
   * @param identity as {@link FileStatus#identity} gives it
   * @param blockDevice the backing device, if it is one; else null
   * @param offset the byte of it that the loop device starts at
   */
  record Loop(String identity, @Nullable DeviceNumber blockDevice, long offset) {}

  @Nullable Partition partition(DeviceNumber device) {
    String start = attribute(folder(device).resolve("start"));
    if (start == null || attribute(folder(device).resolve("partition")) == null) {
      return null;
    }
    try {
      DeviceNumber disk = number(folder(device).toRealPath().resolve(".."));
      return disk == null ? null : new Partition(disk, Long.parseLong(start));
    } catch (IOException e) {
      return null;
    }
  }

  @Nullable Loop loop(DeviceNumber device) {
    String file = attribute(folder(device).resolve("loop/backing_file"));
    if (file == null) {
      return null;
    }
    Loop known = askLoop(device);
    return known != null ? known : loopByName(device, file);
  }

  /** Asks the device itself, which needs the permission to open it. */
  private @Nullable Loop askLoop(DeviceNumber device) {
    int fd = syscalls.tryOpen(nodePath(device), LibC.O_RDONLY | LibC.O_NONBLOCK);
    if (fd < 0) {
      return null;
    }
    byte[] info = new byte[LoopStatus.BYTES];
    int result = syscalls.libC().ioctl(fd, LibC.LOOP_GET_STATUS64, info);
    syscalls.libC().close(fd);
    if (result != 0) {
      return null;
    }
    LoopStatus status = LoopStatus.decode(info);
    DeviceNumber block = status.blockDevice();
    return new Loop(
        block != null ? "block:" + block : "file:" + status.fileSystem() + ":" + status.inode(),
        block,
        status.offset());
  }

  private @Nullable Loop loopByName(DeviceNumber device, String file) {
    String offset = attribute(folder(device).resolve("loop/offset"));
    try {
      FileStatus status = syscalls.status(file);
      return new Loop(
          status.identity(),
          status.isBlock() ? status.specialDevice() : null,
          offset == null ? 0 : Long.parseLong(offset));
    } catch (ProblemException e) {
      return null;
    }
  }

  /** The loop devices that lie on a file or device, by its identity. */
  List<DeviceNumber> loopsOver(String identity) {
    List<DeviceNumber> found = new ArrayList<>();
    for (Path folder : children(ALL, "loop*")) {
      DeviceNumber number = number(folder);
      Loop loop = number == null ? null : loop(number);
      if (number != null && loop != null && loop.identity().equals(identity)) {
        found.add(number);
      }
    }
    return found;
  }

  /** The block device that an identity names; null if it names a file. */
  static @Nullable DeviceNumber deviceOf(String identity) {
    String prefix = "block:";
    return identity.startsWith(prefix) ? parseNumber(identity.substring(prefix.length())) : null;
  }

  List<DeviceNumber> slaves(DeviceNumber device) {
    return numbers(folder(device).resolve("slaves"));
  }

  List<DeviceNumber> holders(DeviceNumber device) {
    return numbers(folder(device).resolve("holders"));
  }

  List<DeviceNumber> partitionsOf(DeviceNumber device) {
    List<DeviceNumber> found = new ArrayList<>();
    for (Path child : children(folder(device), "*")) {
      DeviceNumber number = Files.exists(child.resolve("partition")) ? number(child) : null;
      if (number != null) {
        found.add(number);
      }
    }
    return found;
  }

  /** The device-mapper uuid, empty if none was given; null if it is no device-mapper device. */
  @Nullable String dmUuid(DeviceNumber device) {
    return attribute(folder(device).resolve("dm/uuid"));
  }

  /** An attribute without the spaces around it; null if the device has none of that name. */
  static @Nullable String attribute(DeviceNumber device, String name) {
    String text = attribute(folder(device).resolve(name));
    return text == null ? null : text.strip();
  }

  long sizeBytes(DeviceNumber device) {
    String sectors = attribute(folder(device).resolve("size"));
    return sectors == null
        ? 0
        : Math.multiplyExact(Long.parseLong(sectors), ChunkSize.SECTOR_BYTES);
  }

  /** The name that people know it by. */
  String nodePath(DeviceNumber device) {
    String mapped = attribute(folder(device).resolve("dm/name"));
    if (mapped != null) {
      return "/dev/mapper/" + mapped;
    }
    try {
      return "/dev/" + folder(device).toRealPath().getFileName();
    } catch (IOException e) {
      return device.toString();
    }
  }

  private static Path folder(DeviceNumber device) {
    return BY_NUMBER.resolve(device.toString());
  }

  private static List<DeviceNumber> numbers(Path folder) {
    List<DeviceNumber> found = new ArrayList<>();
    for (Path child : children(folder, "*")) {
      DeviceNumber number = number(child);
      if (number != null) {
        found.add(number);
      }
    }
    return found;
  }

  private static @Nullable DeviceNumber number(Path folder) {
    String text = attribute(folder.resolve("dev"));
    return text == null ? null : parseNumber(text);
  }

  static @Nullable DeviceNumber parseNumber(String text) {
    int colon = text.indexOf(':');
    try {
      return new DeviceNumber(
          Integer.parseInt(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
      return null;
    }
  }

  private static List<Path> children(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
      entries.forEach(found::add);
    } catch (IOException e) {
      return List.of();
    }
    return found;
  }

  private static @Nullable String attribute(Path file) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      return null;
    }
  }
}
