package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.Survey;
import io.github.dmtools.dmmerge.device.UsedDevice;
import io.github.dmtools.dmmerge.device.UsedDevice.Kind;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The conditions that forbid writing to an origin. Pure functions. */
final class Guards {
  private static final String MERGE_TARGET = "snapshot-merge";
  private static final String THIN_TARGET = "thin";

  private Guards() {}

  /** Two devices must not share sectors, whatever their paths are. */
  static Optional<Problem> sameStorage(
      String inputPath, DeviceUse input, String outputPath, DeviceUse output) {
    if (!input.ranges().overlap(output.ranges())) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.at(
            ProblemCode.DEVICE_SAME,
            outputPath,
            String.format("%s and %s share sectors", inputPath, outputPath)));
  }

  /** The guards checked only the sectors that the origin had when it was opened. */
  static Optional<Problem> moved(String path, DeviceUse then, DeviceUse now) {
    if (then.ranges().contain(now.ranges()) && now.ranges().contain(then.ranges())) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.at(
            ProblemCode.DEVICE_BUSY,
            path,
            path + " no longer has the size or the sectors that it had when the run started"));
  }

  /** Replaces the problem of an input without a store if it is a thin volume. */
  static Problem withoutStore(String path, DeviceUse input, Problem found) {
    boolean none =
        found.code() == ProblemCode.STORE_NOT_A_STORE
            || found.code() == ProblemCode.STORE_UNINITIALIZED;
    return none && input.itself().targets().contains(THIN_TARGET)
        ? Problem.at(ProblemCode.STORE_THIN, path, path + " is a thin volume, which has no store")
        : found;
  }

  /** The problems that forbid reading {@code path} as the store of a run that writes. */
  static List<Problem> againstReading(String path, DeviceUse use) {
    List<Problem> problems = new ArrayList<>(unseen(path, use));
    merging(path, use).ifPresent(problems::add);
    return problems;
  }

  /** All problems that forbid writing to {@code path}. */
  static List<Problem> againstWriting(String path, DeviceUse use) {
    List<Problem> problems = new ArrayList<>(unseen(path, use));
    if (use.readOnly()) {
      problems.add(Problem.at(ProblemCode.DEVICE_READ_ONLY, path, path + " is read-only"));
    }
    addMountedOrSwap(path, use.itself(), path, problems);
    merging(path, use).ifPresent(problems::add);
    for (UsedDevice device : use.beneath()) {
      addMountedOrSwap(path, device, device.path() + ", which " + path + " is part of,", problems);
    }
    for (UsedDevice device : use.others()) {
      addMountedOrSwap(path, device, device.path() + ", which " + shares(path, device), problems);
      if (!device.mountedOrSwap() && !ActiveScenario.allows(use, device)) {
        problems.add(
            Problem.at(ProblemCode.DEVICE_HELD, path, path + " is in use by " + device.path()));
      }
    }
    if (use.itself().openElsewhere()) {
      problems.add(openElsewhere(path, path));
    }
    for (UsedDevice device : use.beneath()) {
      if (device.openElsewhere()) {
        problems.add(openElsewhere(path, device.path() + ", which " + path + " is part of,"));
      }
    }
    for (UsedDevice device : use.others()) {
      if (device.openElsewhere()) {
        problems.add(openElsewhere(path, device.path() + ", which " + shares(path, device)));
      }
    }
    return problems;
  }

  private static List<Problem> unseen(String path, DeviceUse use) {
    return use.unseen().stream()
        .map(
            reason ->
                Problem.at(
                    ProblemCode.DEVICE_USE_UNKNOWN,
                    path,
                    "cannot determine whether " + path + " is in use: " + reason))
        .toList();
  }

  private static void addMountedOrSwap(
      String path, UsedDevice device, String name, List<Problem> problems) {
    if (!device.mountPoints().isEmpty()) {
      String places = String.join(" and ", device.mountPoints());
      problems.add(Problem.at(ProblemCode.DEVICE_MOUNTED, path, name + " is mounted on " + places));
    }
    if (device.swap()) {
      problems.add(Problem.at(ProblemCode.DEVICE_SWAP, path, name + " is swap space"));
    }
  }

  private static String shares(String path, UsedDevice device) {
    return device.stacked() ? "is built on " + path + "," : "shares sectors with " + path + ",";
  }

  private static Problem openElsewhere(String path, String name) {
    return Problem.at(ProblemCode.DEVICE_IN_USE, path, name + " is open in another program");
  }

  /**
   * The problem if the kernel is merging a snapshot on this device: the store loses its entries
   * meanwhile, and the origin changes.
   */
  static Optional<Problem> merging(String path, DeviceUse use) {
    return Stream.concat(Stream.of(use.itself()), use.others().stream())
        .filter(device -> device.targets().contains(MERGE_TARGET))
        .findFirst()
        .map(
            device ->
                Problem.at(
                    ProblemCode.DEVICE_MERGING,
                    path,
                    "the kernel is merging " + device.path() + ", which uses " + path));
  }

  /** True if other devices are built on the device, so it cannot be claimed. */
  static boolean isHeld(DeviceUse use) {
    return use.itself().held();
  }

  /** The devices to claim while the origin is written, as far as the kernel allows. */
  static List<UsedDevice> toClaim(DeviceUse use) {
    // Once a disk is claimed, nobody can claim its partitions, not even this process.
    return Stream.concat(use.beneath().stream(), use.others().stream())
        .filter(device -> !device.held())
        .filter(device -> device.kind() != Kind.PARTITION || !device.stacked())
        .toList();
  }

  /** Returns why an existing file cannot be the undo store for this input and origin. */
  static Optional<Problem> againstUndo(
      Survey survey, BlockDevice undo, BlockDevice input, BlockDevice origin) {
    DeviceUse use = survey.useOf(undo);
    return sameStorage(input.path(), survey.useOf(input), undo.path(), use)
        .or(() -> sameStorage(origin.path(), survey.useOf(origin), undo.path(), use))
        .or(() -> againstWriting(undo.path(), use).stream().findFirst());
  }
}
