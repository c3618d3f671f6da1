package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceContent;
import io.github.dmtools.dmmerge.device.DeviceContent.Usage;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.Identification;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an origin holds, and what follows for writing to it.
 *
 * @param content null if nothing was recognised
 * @param problem why it must not be written; null if it may be
 */
record OriginContent(
    @Nullable DeviceContent content, @Nullable Problem problem, List<Warning> warnings) {

  /** Types of libblkid that are a part of something else, and have another usage than raid. */
  private static final Set<String> MEMBERS =
      Set.of("bcache", "zfs_member", "ceph_bluestore", "vdo", "jbd", "xfs_external_log");

  static OriginContent of(Devices devices, BlockDevice origin) {
    ImageFormat image;
    try {
      image = ImageFormat.of(origin);
    } catch (ProblemException e) {
      // Bytes that cannot be read do not stop a run: it reports them where it needs them.
      return unidentified(origin.path(), e.problem().message());
    }
    if (image != null && !image.payloadFirst()) {
      return ofImage(image, origin.path(), devices.startsAFile(origin));
    }
    OriginContent found = ofSignatures(devices.identify(origin), origin.path());
    return image != null && devices.startsAFile(origin)
        ? found.with(footer(image, origin.path()))
        : found;
  }

  private static OriginContent ofImage(ImageFormat image, String path, boolean file) {
    DeviceContent content =
        new DeviceContent(image.type(), Usage.IMAGE, image.version(), null, null, null);
    if (file) {
      Problem destroyed =
          Problem.at(
              ProblemCode.ORIGIN_FORMAT,
              path,
              path + " is a disk image in the format " + image.type() + ", not a raw one");
      return new OriginContent(content, destroyed, List.of());
    }
    // Some keep such images on volumes, and a snapshot of a volume is one of its raw bytes.
    return new OriginContent(content, null, List.of())
        .with(
            new Warning(
                ProblemCode.ORIGIN_FORMAT.code(),
                String.format(
                    "%s holds a disk image in the format %s: the store must be a snapshot of %s"
                        + " itself, not of the disk in the image",
                    path, image.type(), path),
                path));
  }

  private static Warning footer(ImageFormat image, String path) {
    return new Warning(
        ProblemCode.ORIGIN_FORMAT.code(),
        String.format(
            "%s is a fixed image in the format %s: its last 512 bytes are not part of the disk",
            path, image.type()),
        path);
  }

  private static OriginContent ofSignatures(Identification found, String path) {
    if (found.unavailable() != null) {
      return unidentified(path, found.unavailable());
    }
    DeviceContent content = found.content();
    OriginContent origin = new OriginContent(content, null, List.of());
    if (content == null) {
      return origin;
    }
    if (content.usage() == Usage.AMBIGUOUS) {
      return origin.with(
          new Warning(
              "origin.ambiguous",
              String.format(
                  "%s has signatures that contradict each other (%s): wipefs lists them",
                  path, String.join(", ", found.conflicting())),
              path));
    }
    return isMember(content)
        ? origin.with(
            new Warning(
                "origin.member",
                String.format(
                    "%s holds %s: a write changes what is built on it as well",
                    path, content.type()),
                path))
        : origin;
  }

  private static boolean isMember(DeviceContent content) {
    return content.usage() == Usage.RAID
        || content.usage() == Usage.CRYPTO
        || (content.type() != null && MEMBERS.contains(content.type()));
  }

  private static OriginContent unidentified(String path, String reason) {
    return new OriginContent(null, null, List.of())
        .with(
            new Warning(
                "origin.unidentified", "cannot identify what " + path + " holds: " + reason, path));
  }

  private OriginContent with(Warning warning) {
    List<Warning> more = new ArrayList<>(warnings);
    more.add(warning);
    return new OriginContent(content, problem, List.copyOf(more));
  }
}
