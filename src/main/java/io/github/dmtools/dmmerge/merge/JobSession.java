package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.ApprovalDigest;
import io.github.dmtools.dmmerge.approval.SavedDigests;
import io.github.dmtools.dmmerge.approval.Target;
import io.github.dmtools.dmmerge.approval.Targets;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Claims;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.device.PersistentId;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.device.ReadOnlyDevice;
import io.github.dmtools.dmmerge.device.Survey;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableDigest;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.DdLine;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.preserve.TornChunkDetector;
import io.github.dmtools.dmmerge.preserve.UndoFile;
import io.github.dmtools.dmmerge.preserve.UndoHeader;
import io.github.dmtools.dmmerge.preserve.UndoInput;
import io.github.dmtools.dmmerge.preserve.UndoRun;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.problem.WarningSink;
import io.github.dmtools.dmmerge.report.DeviceFacts;
import io.github.dmtools.dmmerge.report.OriginFacts;
import io.github.dmtools.dmmerge.report.PlanHead;
import io.github.dmtools.dmmerge.report.StoreFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job's devices, opened for reading and locked, their caches flushed. Nothing here can change a
 * byte: what it gives out is wrapped so that it cannot write, but for {@link
 * #openOutputForWriting}.
 */
final class JobSession implements AutoCloseable {
  /** What is printed must not go into the store or the origin. */
  private static final List<String> STREAMS = List.of("/proc/self/fd/1", "/proc/self/fd/2");

  private static final List<ProblemCode> UNDO_REFUSALS =
      List.of(ProblemCode.UNDO_OTHER_ORIGIN, ProblemCode.UNDO_FOREIGN, ProblemCode.UNDO_NOT_OURS);

  private final Job job;
  private final Devices devices;
  private final Warnings warnings;
  private final BlockDevice input;
  private final DeviceUse inputUse;
  private final @Nullable BlockDevice output;
  private final @Nullable DeviceUse outputUse;
  private @Nullable OriginContent content;
  private final List<BlockDevice> alsoOpen = new ArrayList<>();
  private final Claims claims;

  private JobSession(
      Job job,
      Devices devices,
      Warnings warnings,
      BlockDevice input,
      DeviceUse inputUse,
      @Nullable BlockDevice output,
      @Nullable DeviceUse outputUse) {
    this.job = job;
    this.devices = devices;
    this.warnings = warnings;
    this.input = input;
    this.inputUse = inputUse;
    this.output = output;
    this.outputUse = outputUse;
    this.claims = devices.newClaims();
  }

  /**
   * Opens everything that the job names.
   *
   * @param mode how the origin is locked
   * @param preallocatedFiles paths that dm-merge itself is going to replace
   * @throws ProblemException {@code path.*}, {@code device.*}
   */
  static JobSession open(
      Job job, Devices devices, Warnings warnings, LockMode mode, List<String> preallocatedFiles) {
    requireDifferentJournals(job);
    requirePlanToRetarget(job);
    String outputPath = job.output();
    if (outputPath != null && mode == LockMode.EXCLUSIVE) {
      devices.copyUp(outputPath);
    }
    BlockDevice input = devices.openForReading(job.input(), job.direct(), warnings);
    BlockDevice output = null;
    try {
      Survey survey = devices.survey();
      DeviceUse inputUse = survey.useOf(input);
      DeviceUse outputUse = null;
      if (outputPath != null) {
        output = devices.openForReading(outputPath, job.direct(), warnings);
        outputUse = survey.useOf(output);
        refuse(Guards.sameStorage(input.path(), inputUse, output.path(), outputUse));
        lock(output, mode);
      }
      lock(input, LockMode.SHARED);
      JobSession opened =
          new JobSession(job, devices, warnings, input, inputUse, output, outputUse);
      for (String file : preallocatedFiles) {
        opened.requireApart(file, survey);
      }
      for (String stream : STREAMS) {
        opened.requireApart(stream, survey);
      }
      for (String file : new String[] {job.audit(), job.undo()}) {
        if (file != null) {
          opened.requireApart(file, survey);
        }
      }
      opened.flushCaches();
      opened.content = output == null ? null : OriginContent.of(devices, output);
      return opened;
    } catch (RuntimeException e) {
      if (output != null) {
        output.close();
      }
      input.close();
      throw e;
    }
  }

  private static void requireDifferentJournals(Job job) {
    String undo = job.undo();
    if (undo != null && undo.equals(job.audit())) {
      throw new ProblemException(
          new Problem(
              ProblemCode.JOB_SCHEMA,
              "the undo file and the audit log cannot be one file: " + undo,
              undo,
              "/audit",
              null,
              null));
    }
  }

  private static void requirePlanToRetarget(Job job) {
    String expect = job.expect();
    if (job.retarget() && (expect == null || Job.isDigest(expect))) {
      throw new ProblemException(
          new Problem(
              ProblemCode.JOB_SCHEMA,
              "\"retarget\" goes with the path of a plan in \"expect\": a digest names its devices",
              null,
              "/retarget",
              null,
              null));
    }
  }

  private static void refuse(Optional<Problem> problem) {
    if (problem.isPresent()) {
      throw new ProblemException(problem.get());
    }
  }

  /**
   * A file of ours must not take the place of the bytes that a device, such as a loop device, has.
   */
  private void requireApart(String file, Survey survey) {
    if (!devices.isFile(file)) {
      return;
    }
    try (BlockDevice own = devices.openForReading(file, false, warnings)) {
      DeviceUse use = survey.useOf(own);
      refuse(Guards.sameStorage(own.path(), use, input.path(), inputUse));
      if (output != null && outputUse != null) {
        refuse(Guards.sameStorage(own.path(), use, output.path(), outputUse));
      }
    } catch (ProblemException e) {
      // It may be removed or replaced meanwhile. Whoever makes it looks at what is there by then.
      ProblemCode code = e.problem().code();
      boolean unreadable = code == ProblemCode.PATH_PERMISSION && STREAMS.contains(file);
      if (code != ProblemCode.PATH_MISSING && code != ProblemCode.PATH_WRONG_TYPE && !unreadable) {
        throw e;
      }
    }
  }

  /** An undo file must share no byte with what is read and written, nor be in use. */
  private void requireApart(PreallocatedFile undo) {
    if (output != null) {
      refuse(Guards.againstUndo(devices.survey(), undo, input, output));
    }
  }

  private static void lock(BlockDevice device, LockMode mode) {
    if (!device.tryLock(mode)) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.DEVICE_BUSY,
              device.path(),
              "another program holds the lock on " + device.path()));
    }
  }

  /**
   * Flushes the caches of both devices: device-mapper writes beneath them.
   *
   * @throws ProblemException {@code device.flush}, unless the job is relaxed
   */
  void flushCaches() {
    flushCaches(input);
    if (output != null) {
      flushCaches(output);
    }
  }

  private void flushCaches(BlockDevice device) {
    try {
      device.flushCaches();
    } catch (ProblemException e) {
      if (!job.relaxed()) {
        throw e;
      }
      warnings.warn(e.problem().asWarning());
    }
  }

  /**
   * The store, every rule of the format checked.
   *
   * @throws ProblemException {@code store.*}, {@code device.read}, {@code run.interrupted}
   */
  ExceptionStore readStore(CancelSignal cancel) {
    ExceptionStore store = readTable(cancel);
    store.leftovers().ifPresent(warnings::warn);
    warnOfSmallChunks(store, input);
    if (output != null) {
      warnOfSmallChunks(store, output);
    }
    return store;
  }

  private ExceptionStore readTable(CancelSignal cancel) {
    try {
      return ExceptionStore.read(input(), output(), cancel);
    } catch (ProblemException e) {
      throw new ProblemException(Guards.withoutStore(input.path(), inputUse, e.problem()), e);
    }
  }

  private void warnOfSmallChunks(ExceptionStore store, BlockDevice device) {
    if (device.direct() && store.chunkSize().bytes() % device.directAlignment() != 0) {
      warnings.warn(
          new Warning(
              "direct.unavailable",
              String.format(
                  "O_DIRECT wants multiples of %d bytes of %s, chunks of %d bytes are buffered",
                  device.directAlignment(), device.path(), store.chunkSize().bytes()),
              device.path()));
    }
  }

  /**
   * Opens the undo store of the job, or makes it.
   *
   * @param runId of this run
   * @param planSha256 of what it merges; null if it is not known
   * @throws ProblemException {@code undo.*}, {@code device.*}
   */
  UndoFile openUndo(
      String path,
      ExceptionStore store,
      UUID runId,
      @Nullable String planSha256,
      CancelSignal cancel) {
    if (output == null) {
      throw new IllegalStateException("this job has no output");
    }
    UndoRun run = new UndoRun(TableDigest.of(store), planSha256, runId, devices.bootId());
    return UndoFile.open(devices, path, this::requireApart, output, store, run, cancel);
  }

  /**
   * What chunks of the origin held before a run that was killed, by the undo store that it left.
   * Asked about chunks, that of another job throws {@code undo.other_job}.
   *
   * @param undoPath null, or the path of no undo store: then nothing is known
   * @param finished whether the undo store of a run that finished counts too
   * @throws ProblemException {@code device.*}, {@code run.interrupted}
   */
  SavedDigests savedDigests(
      @Nullable String undoPath, boolean finished, ExceptionStore store, CancelSignal cancel) {
    if (undoPath == null || output == null || !devices.isFile(undoPath)) {
      return SavedDigests.NONE;
    }
    BlockDevice undo = devices.openForReading(undoPath, false, warnings);
    alsoOpen.add(undo);
    UndoHeader header = UndoHeader.read(undo).orElse(null);
    if (header == null || (header.complete() && !finished)) {
      return SavedDigests.NONE;
    }
    UndoRun maker = header.run();
    if (maker == null || !maker.tableSha256().equals(TableDigest.of(store))) {
      return chunks -> {
        throw UndoFile.otherJob(undo, header);
      };
    }
    ExceptionStore saved = ExceptionStore.read(undo, output, cancel);
    return new TornChunkDetector(saved, store, new ReadOnlyDevice(output))::savedSha256;
  }

  /**
   * Refuses to undo into another origin than the one that the undo store was made for.
   *
   * @throws ProblemException {@code undo.other_origin}
   */
  void requireItsOrigin(ExceptionStore store) {
    if (output != null) {
      UndoFile.requireItsOrigin(devices, store, output);
    }
  }

  /**
   * Refuses to undo what others wrote since, unless the job allows that: then it is a warning. Any
   * other store than an undo store passes, unread.
   *
   * @throws ProblemException {@code undo.foreign}, {@code undo.not_ours}, {@code device.read},
   *     {@code run.interrupted}
   */
  void requireNothingForeign(ExceptionStore store, RunListener listener, CancelSignal cancel) {
    if (output != null) {
      Optional<Problem> problem =
          UndoInput.check(
              store,
              new ReadOnlyDevice(output),
              () -> listener.begin("checking", store.bytes()),
              cancel);
      if (!job.overwriteForeign()) {
        refuse(problem);
      }
      problem.ifPresent(overwritten -> warnings.warn(overwritten.asWarning()));
    }
  }

  /**
   * Warns of what would stop an undo store from being applied.
   *
   * @param readData whether the data of both sides may be read
   * @throws ProblemException {@code device.read}, {@code run.interrupted}
   */
  void warnOfUndo(
      ExceptionStore store, boolean readData, RunListener listener, CancelSignal cancel) {
    try {
      requireItsOrigin(store);
      if (readData) {
        requireNothingForeign(store, listener, cancel);
      }
    } catch (ProblemException e) {
      if (!UNDO_REFUSALS.contains(e.problem().code())) {
        throw e;
      }
      warnings.warn(e.problem().asWarning());
    }
  }

  boolean isFile(String path) {
    return devices.isFile(path);
  }

  WarningSink warnings() {
    return warnings;
  }

  BlockDevice input() {
    return new ReadOnlyDevice(input);
  }

  /** The origin for reading; null if the job names none. */
  @Nullable BlockDevice output() {
    return output == null ? null : new ReadOnlyDevice(output);
  }

  /** What the store's device is called later. */
  PersistentId inputName() {
    return devices.nameOf(input);
  }

  /** What the origin is called later. */
  PersistentId outputName() {
    if (output == null) {
      throw new IllegalStateException("this job has no output");
    }
    return devices.nameOf(output);
  }

  /** What a document reports of the store. */
  DeviceFacts inputFacts() {
    return facts(input);
  }

  /** What a document reports of the origin; null if the job names none. */
  @Nullable OriginFacts originFacts() {
    return output == null
        ? null
        : new OriginFacts(facts(output), content == null ? null : content.content());
  }

  private DeviceFacts facts(BlockDevice device) {
    return DeviceFacts.of(device, devices.nameOf(device));
  }

  /** Both devices as an approval names them; null if the job names no output. */
  @Nullable Targets targets() {
    return output == null ? null : new Targets(target(input), target(output));
  }

  /** What would approve a plan of these devices; null if it has no output or no digests. */
  @Nullable String approvalSha256(ExceptionStore store, PlanTotals plan) {
    Targets targets = targets();
    String planSha256 = plan.planSha256();
    String originsSha256 = plan.originsSha256();
    return targets == null || planSha256 == null || originsSha256 == null
        ? null
        : ApprovalDigest.of(planSha256, originsSha256, store.chunkSize(), targets);
  }

  /** What is known of a plan before its exceptions. */
  PlanHead planHead(Instant createdAt, PlanDepth depth, ExceptionStore store) {
    return new PlanHead(
        createdAt,
        job,
        depth == PlanDepth.TABLE,
        inputFacts(),
        originFacts(),
        StoreFacts.of(store),
        new DdLine(store.chunkSize(), input, output, job.direct()));
  }

  /** The origin's path, or the store's where the job names no origin. */
  String targetPath() {
    return output == null ? input.path() : output.path();
  }

  private Target target(BlockDevice device) {
    DeviceFacts facts = facts(device);
    return new Target(facts.path(), facts.bytes(), facts.lastingName());
  }

  /** Warns of what the origin holds. */
  void warnOfContent() {
    if (content != null) {
      Problem problem = content.problem();
      if (problem != null) {
        warnings.warn(problem.asWarning());
      }
      content.warnings().forEach(warnings::warn);
    }
  }

  /** Says in a dry run what would stop the real one. */
  void warnOfProblems() {
    warnOfContent();
    Guards.againstReading(input.path(), inputUse)
        .forEach(problem -> warnings.warn(problem.asWarning()));
    if (output != null && outputUse != null) {
      Guards.againstWriting(output.path(), outputUse)
          .forEach(problem -> warnings.warn(problem.asWarning()));
      Guards.activeWarning(output.path(), outputUse).ifPresent(warnings::warn);
    }
  }

  /**
   * Refuses to go on where a guard forbids writing, and claims the devices that share sectors with
   * the origin for the rest of the run.
   *
   * @throws ProblemException {@code device.*}, {@code origin.format}
   */
  void requireWritable() {
    refuse(Guards.againstReading(input.path(), inputUse).stream().findFirst());
    if (output != null && outputUse != null) {
      refuse(Guards.againstWriting(output.path(), outputUse).stream().findFirst());
      claims.add(Guards.toClaim(outputUse));
    }
    if (content != null) {
      refuse(Optional.ofNullable(content.problem()));
      warnOfContent();
    }
  }

  /**
   * The origin, opened for writing. Every guard must have passed.
   *
   * @throws ProblemException {@code device.busy}, {@code device.read_only}, {@code path.permission}
   */
  BlockDevice openOutputForWriting() {
    if (output == null || outputUse == null) {
      throw new IllegalStateException("this job has no output");
    }
    return devices.openForWriting(output, Guards.isHeld(outputUse), warnings);
  }

  /**
   * Checks the guards once more, right before the first write: reading the store and checking a
   * plan took their time, and what was free before may be in use by now.
   *
   * @throws ProblemException {@code device.*}
   */
  void recheckGuards() {
    DeviceUse useNow = recheckUse();
    Guards.activeWarning(useNow.itself().path(), useNow).ifPresent(warnings::warn);
  }

  /**
   * Checks the guards again. Devices that have come to share the origin's sectors are claimed too.
   *
   * @throws ProblemException {@code device.*}
   */
  DeviceUse recheckUse() {
    if (output == null || outputUse == null) {
      throw new IllegalStateException("this job has no output");
    }
    DeviceUse useNow = devices.survey().useOf(output);
    refuse(Guards.moved(output.path(), outputUse, useNow));
    refuse(Guards.againstWriting(output.path(), useNow).stream().findFirst());
    claims.add(Guards.toClaim(useNow));
    return useNow;
  }

  @Override
  public void close() {
    claims.close();
    alsoOpen.forEach(BlockDevice::close);
    input.close();
    if (output != null) {
      output.close();
    }
  }
}
