package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.Survey;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Refuses output files of the run that share bytes with a device of the job, such as the file of a
 * loop device.
 */
final class OwnFileGuard {
  /** stdout and stderr must not write to the store or the origin. */
  private static final List<String> STREAMS = List.of("/proc/self/fd/1", "/proc/self/fd/2");

  private final Run run;
  private final Survey survey;
  private final List<OpenDevice> devices = new ArrayList<>();

  OwnFileGuard(Run run) {
    this.run = run;
    this.survey = run.devices().survey();
  }

  /** Registers a device of the job and determines its use. */
  OpenDevice register(BlockDevice device) {
    OpenDevice opened = new OpenDevice(device, survey.useOf(device), run);
    devices.add(opened);
    return opened;
  }

  /**
   * Checks all output files against the registered devices.
   *
   * @throws ProblemException {@code device.same}, and as for opening a device
   */
  void requireApart() {
    Job job = run.job();
    run.context().documents().forEach(this::requireApart);
    STREAMS.forEach(this::requireApart);
    Stream.of(job.audit(), job.undo()).filter(Objects::nonNull).forEach(this::requireApart);
  }

  private void requireApart(String file) {
    if (!run.devices().isFile(file)) {
      return;
    }
    try (BlockDevice own = run.devices().openForReading(file, false, run.warnings())) {
      DeviceUse use = survey.useOf(own);
      for (OpenDevice device : devices) {
        Run.refuse(Guards.sameStorage(own.path(), use, device.path(), device.use()));
      }
    } catch (ProblemException e) {
      // The file may be removed or replaced meanwhile. Whatever creates it checks again.
      ProblemCode code = e.problem().code();
      boolean unreadable = code == ProblemCode.PATH_PERMISSION && STREAMS.contains(file);
      if (code != ProblemCode.PATH_MISSING && code != ProblemCode.PATH_WRONG_TYPE && !unreadable) {
        throw e;
      }
    }
  }
}
