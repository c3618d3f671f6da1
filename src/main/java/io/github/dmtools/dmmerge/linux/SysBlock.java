package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The block devices in {@code /sys}. Results are null or empty if the device is gone, or does not
 * have the attribute.
 */
final class SysBlock {
  private static final Path BY_NUMBER = Path.of("/sys/dev/block");

  /** The disk of a partition, and the first byte of the partition on it. */
  record Partition(DeviceNumber disk, long startByte) {}

  @Nullable Partition partition(DeviceNumber device) {
    Long start = bytes(attribute(device, "start"));
    String path = start == null ? null : treePath(device);
    if (start == null || path == null || attribute(device, "partition") == null) {
      return null;
    }
    DeviceNumber disk = number(Path.of(path).resolve(".."));
    return disk == null ? null : new Partition(disk, start);
  }

  /** The numbers of all block devices, including partitions. */
  List<DeviceNumber> all() {
    return children(BY_NUMBER, "*").stream()
        .map(link -> parseNumber(String.valueOf(link.getFileName())))
        .filter(Objects::nonNull)
        .toList();
  }

  /** The number of the device with this kernel name, or null. */
  static @Nullable DeviceNumber named(String name) {
    return number(Path.of("/sys/class/block").resolve(name.replace('/', '!')));
  }

  /** True if the device exists. */
  boolean lists(DeviceNumber device) {
    return Files.exists(directory(device), LinkOption.NOFOLLOW_LINKS);
  }

  /** True if {@code /sys} shows the attributes of the device. */
  boolean shows(DeviceNumber device) {
    return attribute(directory(device).resolve("dev")) != null;
  }

  /** True for a loop device with a backing file. */
  boolean isAttachedLoop(DeviceNumber device) {
    return Files.isDirectory(directory(device).resolve("loop"));
  }

  List<DeviceNumber> slaves(DeviceNumber device) {
    return numbers(directory(device).resolve("slaves"));
  }

  List<DeviceNumber> holders(DeviceNumber device) {
    return numbers(directory(device).resolve("holders"));
  }

  List<DeviceNumber> partitionsOf(DeviceNumber device) {
    List<DeviceNumber> found = new ArrayList<>();
    for (Path child : children(directory(device), "*")) {
      DeviceNumber number = Files.exists(child.resolve("partition")) ? number(child) : null;
      if (number != null) {
        found.add(number);
      }
    }
    return found;
  }

  /** The device-mapper UUID, which may be empty; null if it is not a device-mapper device. */
  @Nullable String dmUuid(DeviceNumber device) {
    return attribute(directory(device).resolve("dm/uuid"));
  }

  /** An attribute, stripped; null if the device does not have it. */
  static @Nullable String attribute(DeviceNumber device, String name) {
    String text = attribute(directory(device).resolve(name));
    return text == null ? null : text.strip();
  }

  /** Size in bytes; null if it cannot be read. */
  @Nullable Long sizeBytes(DeviceNumber device) {
    return bytes(attribute(device, "size"));
  }

  /** Converts sectors of 512 bytes to bytes; null for invalid text. */
  private static @Nullable Long bytes(@Nullable String sectors) {
    try {
      return sectors == null
          ? null
          : Math.multiplyExact(Long.parseLong(sectors), ChunkSize.SECTOR_BYTES);
    } catch (NumberFormatException | ArithmeticException e) {
      return null;
    }
  }

  /** The real path of its directory in {@code /sys}; null if the device is gone. */
  @Nullable String treePath(DeviceNumber device) {
    try {
      return directory(device).toRealPath().toString();
    } catch (IOException e) {
      return null;
    }
  }

  /** The possible paths of its node, the usual one first. */
  List<String> nodePaths(DeviceNumber device) {
    return List.of(nodePath(device), kernelPath(device), "/dev/block/" + device);
  }

  /** The usual path of its node. */
  String nodePath(DeviceNumber device) {
    String mapped = attribute(directory(device).resolve("dm/name"));
    if (mapped != null) {
      return "/dev/mapper/" + mapped;
    }
    return kernelPath(device);
  }

  String kernelPath(DeviceNumber device) {
    String path = treePath(device);
    // The kernel replaces a slash in a device's name by an exclamation mark.
    return path == null
        ? device.toString()
        : "/dev/" + path.substring(path.lastIndexOf('/') + 1).replace('!', '/');
  }

  private static Path directory(DeviceNumber device) {
    return BY_NUMBER.resolve(device.toString());
  }

  private static List<DeviceNumber> numbers(Path directory) {
    List<DeviceNumber> found = new ArrayList<>();
    for (Path child : children(directory, "*")) {
      DeviceNumber number = number(child);
      if (number != null) {
        found.add(number);
      }
    }
    return found;
  }

  private static @Nullable DeviceNumber number(Path directory) {
    String text = attribute(directory.resolve("dev"));
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

  private static List<Path> children(Path directory, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
      entries.forEach(found::add);
    } catch (IOException e) {
      return List.of();
    }
    return found;
  }

  /** The content of a file of one line; null if it cannot be read. */
  static @Nullable String attribute(Path file) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      return null;
    }
  }
}
