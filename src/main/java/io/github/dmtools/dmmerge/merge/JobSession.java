package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.ApprovalDigest;
import io.github.dmtools.dmmerge.approval.Targets;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Claims;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.report.OriginFacts;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job's store and origin, opened for reading and locked, with their caches flushed. Only the
 * device that {@link #openOriginForWriting} returns can be written.
 */
final class JobSession extends StoreSession {
  private final OpenDevice origin;
  private final OriginContent content;
  private final Claims claims;

  private JobSession(Run run, OpenDevice input, OpenDevice origin) {
    super(run, input);
    this.origin = origin;
    this.content = OriginContent.of(run.devices(), origin.device());
    this.claims = run.devices().newClaims();
  }

  /**
   * Opens both devices of the job.
   *
   * @param mode the origin's lock mode; exclusive if it will be written
   * @throws ProblemException {@code job.*}, {@code path.*}, {@code device.*}
   */
  static JobSession open(Run run, LockMode mode) {
    String outputPath = JobRules.requireOutput(run.job());
    JobRules.require(run.job());
    if (mode == LockMode.EXCLUSIVE) {
      run.devices().copyUp(outputPath);
    }
    BlockDevice inputDevice = run.open(run.job().input());
    BlockDevice originDevice = null;
    try {
      OwnFileGuard guard = new OwnFileGuard(run);
      OpenDevice input = guard.register(inputDevice);
      originDevice = run.open(outputPath);
      OpenDevice origin = guard.register(originDevice);
      Run.refuse(Guards.sameStorage(input.path(), input.use(), origin.path(), origin.use()));
      origin.lock(mode);
      input.lock(LockMode.SHARED);
      guard.requireApart();
      input.flushCaches();
      origin.flushCaches();
      return new JobSession(run, input, origin);
    } catch (RuntimeException e) {
      if (originDevice != null) {
        originDevice.close();
      }
      inputDevice.close();
      throw e;
    }
  }

  OpenDevice origin() {
    return origin;
  }

  @Override
  BlockDevice originReader() {
    return origin.reader();
  }

  @Override
  OriginFacts originFacts() {
    return new OriginFacts(origin.facts(), content.content());
  }

  @Override
  List<OpenDevice> devices() {
    return List.of(input(), origin);
  }

  /** Both devices as an approval records them. */
  Targets targets() {
    return new Targets(input().target(), origin.target());
  }

  @Override
  @Nullable String approvalSha256(ExceptionStore store, PlanTotals plan) {
    String planSha256 = plan.planSha256();
    String originsSha256 = plan.originsSha256();
    return planSha256 == null || originsSha256 == null
        ? null
        : ApprovalDigest.of(planSha256, originsSha256, store.chunkSize(), targets());
  }

  @Override
  ExceptionStore readStore() {
    ExceptionStore store = super.readStore();
    origin.warnOfSmallChunks(store);
    return store;
  }

  /** Warns of the origin's content. */
  void warnOfContent() {
    Problem problem = content.problem();
    if (problem != null) {
      run().warn(problem);
    }
    content.warnings().forEach(run().warnings()::warn);
  }

  @Override
  void warnOfProblems() {
    warnOfContent();
    super.warnOfProblems();
    Guards.againstWriting(origin.path(), origin.use()).forEach(run()::warn);
    warnIfActive(origin.use());
  }

  private void warnIfActive(DeviceUse use) {
    ActiveScenario.warning(origin.path(), use).ifPresent(run().warnings()::warn);
  }

  /**
   * Requires that no guard forbids writing, and claims the devices that share sectors with the
   * origin for the rest of the run.
   *
   * @throws ProblemException {@code device.*}, {@code origin.format}
   */
  void requireWritable() {
    Run.refuse(Guards.againstReading(input().path(), input().use()).stream().findFirst());
    Run.refuse(Guards.againstWriting(origin.path(), origin.use()).stream().findFirst());
    claims.add(Guards.toClaim(origin.use()));
    Run.refuse(Optional.ofNullable(content.problem()));
    warnOfContent();
  }

  /**
   * Opens the origin for writing. All guards must have passed.
   *
   * @throws ProblemException {@code device.busy}, {@code device.read_only}, {@code path.permission}
   */
  BlockDevice openOriginForWriting() {
    Devices devices = run().devices();
    return devices.openForWriting(origin.device(), Guards.isHeld(origin.use()), run().warnings());
  }

  /**
   * Checks the guards again right before the first write: reading the store and checking a plan
   * take time, so a device may have come into use.
   *
   * @throws ProblemException {@code device.*}
   */
  void recheckGuards() {
    warnIfActive(requireStillFree());
  }

  /**
   * Checks the guards again, and claims new devices that share the origin's sectors.
   *
   * @throws ProblemException {@code device.*}
   */
  DeviceUse requireStillFree() {
    DeviceUse useNow = run().devices().survey().useOf(origin.device());
    Run.refuse(Guards.moved(origin.path(), origin.use(), useNow));
    Run.refuse(Guards.againstWriting(origin.path(), useNow).stream().findFirst());
    claims.add(Guards.toClaim(useNow));
    return useNow;
  }

  /**
   * Flushes the caches of both devices, so that the next reader sees the written data, whether it
   * uses the page cache or not.
   *
   * @throws ProblemException {@code device.flush}, unless the job is relaxed
   */
  void flushCaches() {
    devices().forEach(OpenDevice::flushCaches);
  }

  @Override
  public void close() {
    claims.close();
    super.close();
  }
}
