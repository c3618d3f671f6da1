package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.Target;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.device.PersistentId;
import io.github.dmtools.dmmerge.device.ReadOnlyDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.DeviceFacts;

/**
 * A device of a job, opened for reading.
 *
 * @param use the use of its sectors when it was opened
 */
record OpenDevice(BlockDevice device, DeviceUse use, Run run) {
  String path() {
    return device.path();
  }

  /** The device, wrapped so that it cannot be written. */
  BlockDevice reader() {
    return new ReadOnlyDevice(device);
  }

  PersistentId id() {
    return run.devices().nameOf(device);
  }

  DeviceFacts facts() {
    return DeviceFacts.of(device, id());
  }

  /** The device as an approval records it. */
  Target target() {
    DeviceFacts facts = facts();
    return new Target(facts.path(), facts.bytes(), facts.lastingName());
  }

  void lock(LockMode mode) {
    if (!device.tryLock(mode)) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.DEVICE_BUSY, path(), "another program holds the lock on " + path()));
    }
  }

  /**
   * Flushes the device's caches, since device-mapper bypasses them.
   *
   * @throws ProblemException {@code device.flush}, unless the job is relaxed
   */
  void flushCaches() {
    try {
      device.flushCaches();
    } catch (ProblemException e) {
      if (!run.job().relaxed()) {
        throw e;
      }
      run.warn(e.problem());
    }
  }

  /** Warns of chunks that are too small for O_DIRECT. */
  void warnOfSmallChunks(ExceptionStore store) {
    if (device.direct() && store.chunkSize().bytes() % device.directAlignment() != 0) {
      run.warnings()
          .warn(
              new Warning(
                  "direct.unavailable",
                  String.format(
                      "O_DIRECT on %s requires multiples of %d bytes; chunks of %d bytes are buffered",
                      path(), device.directAlignment(), store.chunkSize().bytes()),
                  path()));
    }
  }
}
