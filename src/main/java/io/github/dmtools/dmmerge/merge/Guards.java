package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.DeviceUse.Holder;
import io.github.dmtools.dmmerge.device.Storage;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What forbids writing to an origin. Looks at facts, touches nothing. */
final class Guards {
  private static final String LVM = "LVM-";
  private static final String MERGE_TARGET = "snapshot-merge";
  private static final String THIN_TARGET = "thin";

  private Guards() {}

  /** The store and the origin must not share a byte, whatever paths they were named by. */
  static Optional<Problem> sameStorage(
      String inputPath, DeviceUse input, String outputPath, DeviceUse output) {
    boolean shared =
        overlaps(input.builtOn(), output.storage()) || overlaps(output.builtOn(), input.storage());
    if (!shared) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.at(
            ProblemCode.DEVICE_SAME,
            outputPath,
            String.format(
                "%s and %s are the same storage, or one lies in the other",
                inputPath, outputPath)));
  }

  private static boolean overlaps(List<Storage> some, Storage other) {
    return some.stream().anyMatch(other::overlaps);
  }

  /** The problem of an input that holds no store: a thin snapshot never does. */
  static Problem withoutStore(String path, DeviceUse input, Problem found) {
    boolean none =
        found.code() == ProblemCode.STORE_NOT_A_STORE
            || found.code() == ProblemCode.STORE_UNINITIALIZED;
    return none && input.targets().contains(THIN_TARGET)
        ? Problem.at(ProblemCode.STORE_THIN, path, path + " is a thin volume: it holds no store")
        : found;
  }

  /** Everything that speaks against a write to {@code path}; empty if nothing does. */
  static List<Problem> againstWriting(String path, DeviceUse use) {
    List<Problem> problems = new ArrayList<>();
    if (!use.known()) {
      problems.add(
          Problem.at(
              ProblemCode.DEVICE_USE_UNKNOWN,
              path,
              "cannot tell whether " + path + " is in use: /proc or /sys is not there"));
    }
    if (use.readOnly()) {
      problems.add(Problem.at(ProblemCode.DEVICE_READ_ONLY, path, path + " is read-only"));
    }
    if (!use.mountPoints().isEmpty()) {
      problems.add(mounted(path, path, use.mountPoints()));
    }
    if (use.swap()) {
      problems.add(Problem.at(ProblemCode.DEVICE_SWAP, path, "the kernel swaps to " + path));
    }
    merging(path, use).ifPresent(problems::add);
    for (Holder holder : use.holders()) {
      if (!holder.mountPoints().isEmpty()) {
        problems.add(mounted(path, holder.path(), holder.mountPoints()));
      }
      if (holder.swap()) {
        problems.add(
            Problem.at(
                ProblemCode.DEVICE_SWAP,
                path,
                "the kernel swaps to " + holder.path() + ", which lies on " + path));
      }
      // Whatever lies on the snapshot's own devices belongs to somebody, mounted or not.
      boolean told = !holder.mountPoints().isEmpty() || holder.swap();
      if (!told && !(holder.direct() && isSnapshotMachinery(use, holder))) {
        problems.add(
            Problem.at(ProblemCode.DEVICE_HELD, path, path + " is in use by " + holder.path()));
      }
    }
    return problems;
  }

  /**
   * Whether the kernel is merging a snapshot that the device is part of. A store loses its entries
   * while it does, and its origin changes.
   */
  static Optional<Problem> merging(String path, DeviceUse use) {
    return use.holders().stream()
        .filter(holder -> holder.targets().contains(MERGE_TARGET))
        .findFirst()
        .map(
            holder ->
                Problem.at(
                    ProblemCode.DEVICE_MERGING,
                    path,
                    "the kernel is merging " + holder.path() + ", which lies on " + path));
  }

  private static Problem mounted(String path, String device, List<String> mountPoints) {
    String what = device.equals(path) ? path : device + ", which lies on " + path + ",";
    return Problem.at(
        ProblemCode.DEVICE_MOUNTED,
        path,
        what + " is mounted on " + String.join(" and ", mountPoints));
  }

  /**
   * Whether a holder is device-mapper's own snapshot machinery over an active {@code -real} or
   * {@code -cow}, and not somebody's volume. LVM names its devices by uuid
   * (lib/activate/dev_manager.c of LVM2); a device that dmsetup made without one is the operator's
   * own doing.
   */
  private static boolean isSnapshotMachinery(DeviceUse use, Holder holder) {
    String holderUuid = holder.dmUuid();
    if (holderUuid == null) {
      return false;
    }
    String uuid = use.dmUuid();
    boolean hiddenLayer =
        uuid != null && uuid.startsWith(LVM) && (uuid.endsWith("-real") || uuid.endsWith("-cow"));
    return holderUuid.isEmpty() || (hiddenLayer && holderUuid.startsWith(LVM));
  }

  /** Whether somebody is known to hold the device open, so that it cannot be claimed. */
  static boolean isHeld(DeviceUse use) {
    return use.holders().stream().anyMatch(Holder::direct);
  }

  /** The active scenario: allowed, and to be known. */
  static Optional<Warning> activeWarning(String path, DeviceUse use) {
    List<String> holders =
        use.holders().stream().filter(Holder::direct).map(Holder::path).distinct().toList();
    if (holders.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Warning(
            "device.active",
            path
                + " is active under "
                + String.join(" and ", holders)
                + ": nobody may use them until they were deactivated",
            path));
  }
}
