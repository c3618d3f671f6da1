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
 * The content of an origin, and whether it may be written.
 *
 * @param content null if nothing was recognised
 * @param problem why the origin must not be written; null if it may be
 */
record OriginContent(
    @Nullable DeviceContent content, @Nullable Problem problem, List<Warning> warnings) {

  /** Types of libblkid that are part of something else although their usage is not raid. */
  private static final Set<String> MEMBERS =
      Set.of("bcache", "zfs_member", "ceph_bluestore", "vdo", "jbd", "xfs_external_log");

  static OriginContent of(Devices devices, BlockDevice origin) {
    ImageFormat image;
    try {
      image = ImageFormat.of(origin);
    } catch (ProblemException e) {
      // A read error here does not stop the run; it is reported where the data is needed.
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
              path + " is a disk image of format " + image.type() + ", not a raw one");
      return new OriginContent(content, destroyed, List.of());
    }
    // A volume may hold such an image, and a snapshot of the volume covers its raw bytes.
    return new OriginContent(content, null, List.of())
        .with(
            new Warning(
                ProblemCode.ORIGIN_FORMAT.code(),
                String.format(
                    "%s holds a disk image of format %s: the store must be a snapshot of %s"
                        + " itself, not of the disk in the image",
                    path, image.type(), path),
                path));
  }

  private static Warning footer(ImageFormat image, String path) {
    return new Warning(
        ProblemCode.ORIGIN_FORMAT.code(),
        String.format(
            "%s is a fixed image of format %s: its last 512 bytes are not part of the disk",
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
                  "%s has conflicting signatures (%s); wipefs lists them",
                  path, String.join(", ", found.conflicting())),
              path));
    }
    return isMember(content)
        ? origin.with(
            new Warning(
                "origin.member",
                String.format(
                    "%s holds %s: writing to it also changes what is built on it",
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
