package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Claims;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.LastingName;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.device.ReadOnlyDevice;
import io.github.dmtools.dmmerge.device.Survey;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreMark;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job's devices, opened for reading and locked, their caches flushed. Nothing here can change a
 * byte: what it gives out is wrapped so that it cannot write, but for {@link
 * #openOutputForWriting}.
 */
final class OpenJob implements AutoCloseable {
  /** What is printed must not go into the store or the origin. */
  private static final List<String> STREAMS = List.of("/proc/self/fd/1", "/proc/self/fd/2");

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

  private OpenJob(
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
   * @param ownFiles paths that dm-merge itself is going to replace
   * @throws ProblemException {@code path.*}, {@code device.*}
   */
  static OpenJob open(
      Job job, Devices devices, Warnings warnings, LockMode mode, List<String> ownFiles) {
    requireDifferentJournals(job);
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
      OpenJob opened = new OpenJob(job, devices, warnings, input, inputUse, output, outputUse);
      for (String file : ownFiles) {
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
   * The store, every rule of the format held against it.
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
   * @throws ProblemException {@code undo.*}, {@code device.*}
   */
  UndoFile openUndo(String path, ExceptionStore store, CancelSignal cancel) {
    if (output == null) {
      throw new IllegalStateException("this job has no output");
    }
    return UndoFile.open(devices, path, input, output, store, cancel);
  }

  /**
   * Tells which chunks of the origin a run that was killed has half written, by the undo store that
   * it left.
   *
   * @param undoPath null, or without an unfinished undo store behind it: then nothing is known
   * @throws ProblemException {@code device.*}, {@code run.interrupted}
   */
  TornChunks halfWritten(@Nullable String undoPath, ExceptionStore store, CancelSignal cancel) {
    if (undoPath == null || output == null || !devices.isFile(undoPath)) {
      return TornChunks.NONE;
    }
    BlockDevice undo = devices.openForReading(undoPath, false, warnings);
    alsoOpen.add(undo);
    if (StoreMark.read(undo).map(StoreMark::complete).orElse(true)) {
      return TornChunks.NONE;
    }
    ExceptionStore saved = ExceptionStore.read(undo, output, cancel);
    return saved.chunkSize().equals(store.chunkSize())
        ? new HalfWritten(saved, store, new ReadOnlyDevice(output))
        : TornChunks.NONE;
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
  LastingName inputName() {
    return devices.nameOf(input);
  }

  /** What the origin is called later. */
  LastingName outputName() {
    if (output == null) {
      throw new IllegalStateException("this job has no output");
    }
    return devices.nameOf(output);
  }

  /** What a document reports of the origin; null if the job names none. */
  @Nullable OriginFacts originFacts() {
    return output == null
        ? null
        : new OriginFacts(DeviceFacts.of(output), content == null ? null : content.content());
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
  void lookAgain() {
    DeviceUse useNow = recheckGuards();
    Guards.activeWarning(useNow.itself().path(), useNow).ifPresent(warnings::warn);
  }

  /**
   * Checks the guards again. Devices that have come to share the origin's sectors are claimed too.
   *
   * @throws ProblemException {@code device.*}
   */
  DeviceUse recheckGuards() {
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
