package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.Survey;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Keeps the files that a run writes for itself from taking the place of bytes that a device of the
 * job, such as a loop device, has.
 */
final class OwnFileGuard {
  /** What is printed must not go into the store or the origin. */
  private static final List<String> STREAMS = List.of("/proc/self/fd/1", "/proc/self/fd/2");

  private final Run run;
  private final Survey survey;
  private final List<OpenDevice> devices = new ArrayList<>();

  /** Surveys the system's devices. */
  OwnFileGuard(Run run) {
    this.run = run;
    this.survey = run.devices().survey();
  }

  /** Finds out who uses a device of the job. */
  OpenDevice opened(BlockDevice device) {
    OpenDevice opened = new OpenDevice(device, survey.useOf(device), run);
    devices.add(opened);
    return opened;
  }

  /**
   * Refuses files of the run that share bytes with one of the job's devices.
   *
   * @throws ProblemException {@code device.same}, and as for opening a device
   */
  void requireApart() {
    Job job = run.job();
    run.context().documents().forEach(this::requireApart);
    STREAMS.forEach(this::requireApart);
    Stream.of(job.audit(), job.undo()).forEach(this::requireApart);
  }

  private void requireApart(String file) {
    if (file == null || !run.devices().isFile(file)) {
      return;
    }
    try (BlockDevice own = run.devices().openForReading(file, false, run.warnings())) {
      DeviceUse use = survey.useOf(own);
      for (OpenDevice device : devices) {
        Run.refuse(Guards.sameStorage(own.path(), use, device.path(), device.use()));
      }
    } catch (ProblemException e) {
      // It may be removed or replaced meanwhile. Whoever makes it checks what is there by then.
      ProblemCode code = e.problem().code();
      boolean unreadable = code == ProblemCode.PATH_PERMISSION && STREAMS.contains(file);
      if (code != ProblemCode.PATH_MISSING && code != ProblemCode.PATH_WRONG_TYPE && !unreadable) {
        throw e;
      }
    }
  }
}
