package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.function.Consumer;

/**
 * The file of an undo store. The first run creates it, and later runs continue it until one of them
 * has written everything. Opening it validates it and reserves its space before the origin is
 * written.
 */
public final class UndoFile implements AutoCloseable {
  private final PreallocatedFile file;
  private final UndoWriter writer;
  private final boolean resumed;

  /**
   * The location of the file.
   *
   * @param requireApart throws {@code device.*} if an existing file shares bytes with the input or
   *     the origin, or is in use
   */
  public record Location(Devices devices, String path, Consumer<PreallocatedFile> requireApart) {}

  private UndoFile(PreallocatedFile file, UndoWriter writer, boolean resumed) {
    this.file = file;
    this.writer = writer;
    this.resumed = resumed;
  }

  /**
   * Creates the file, or continues the one that an earlier run of the job created.
   *
   * @param origin opened by the location's devices
   * @param store the store to be merged
   * @param run the run that needs the undo store
   * @throws ProblemException {@code undo.*}, {@code run.interrupted}, and as {@link Location}
   */
  public static UndoFile open(
      Location location,
      BlockDevice origin,
      ExceptionStore store,
      UndoRun run,
      CancelSignal cancel) {
    OriginBinding binding = OriginBinding.of(location.devices(), origin);
    PreallocatedFile existing = location.devices().openPreallocated(location.path());
    PreallocatedFile file =
        existing != null
            ? existing
            : location
                .devices()
                .createPreallocated(
                    location.path(), UndoWriter.bytesFor(store.chunkSize(), store.exceptions()));
    try {
      if (existing == null) {
        return new UndoFile(file, create(file, store, binding.header(run)), false);
      }
      location.requireApart().accept(file);
      requireSameJob(file, origin, binding, run);
      UndoWriter writer = resume(file, origin, store, cancel);
      if (!writer.header().complete()) {
        long missing = missing(writer, store);
        requireSavedChunksInTable(writer, store.exceptions() - missing);
        file.reserve(
            UndoWriter.bytesFor(store.chunkSize(), Math.addExact(writer.entries(), missing)));
      }
      return new UndoFile(file, writer, true);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static UndoWriter create(PreallocatedFile file, ExceptionStore store, UndoHeader header) {
    UndoWriter writer;
    try {
      writer = UndoWriter.create(file, store.chunkSize(), header);
    } catch (ProblemException e) {
      throw new ProblemException(e.problem().as(ProblemCode.UNDO_CREATE), e);
    }
    file.publish();
    return writer;
  }

  /** Accepts a complete file without a record of its job, since nothing is added to it. */
  private static void requireSameJob(
      PreallocatedFile file, BlockDevice origin, OriginBinding binding, UndoRun run) {
    UndoHeader found = UndoHeader.read(file).orElse(null);
    if (found == null) {
      return;
    }
    if (binding.contradicts(found)) {
      throw otherOrigin(file, origin);
    }
    UndoRun maker = found.run();
    if (maker == null ? !found.complete() : !maker.isSameJob(run)) {
      throw otherJob(file, found);
    }
  }

  /** The problem of an undo store that belongs to another job. */
  public static ProblemException otherJob(BlockDevice undo, UndoHeader header) {
    String what =
        header.run() == null
            ? "was started by an older version, which did not record its job"
            : "was made for another job: another store, other chunks of it or another plan";
    return new ProblemException(
        Problem.at(ProblemCode.UNDO_OTHER_JOB, undo.path(), undo.path() + " " + what));
  }

  /** Requires that every saved chunk is in the job's table: only those are checked. */
  private static void requireSavedChunksInTable(UndoWriter writer, long savedInTable) {
    if (writer.entries() != savedInTable) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.UNDO_NOT_OURS,
              writer.path(),
              String.format(
                  "%d of %d chunks in %s are not chunks that the job writes",
                  writer.entries() - savedInTable, writer.entries(), writer.path())));
    }
  }

  private static UndoWriter resume(
      PreallocatedFile file, BlockDevice origin, ExceptionStore store, CancelSignal cancel) {
    UndoWriter writer;
    try {
      writer = UndoWriter.resume(file, origin, cancel);
    } catch (ProblemException e) {
      boolean malformed = e.problem().code().exitStatus() == ExitStatus.MALFORMED;
      throw malformed ? new ProblemException(e.problem().as(ProblemCode.UNDO_NOT_OURS), e) : e;
    }
    if (!writer.chunkSize().equals(store.chunkSize())) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.UNDO_NOT_OURS,
              file.path(),
              String.format(
                  "%s has chunks of %d bytes, %s has chunks of %d bytes",
                  file.path(),
                  writer.chunkSize().bytes(),
                  store.device().path(),
                  store.chunkSize().bytes())));
    }
    return writer;
  }

  /** Counts exceptions whose chunk is not saved yet. */
  private static long missing(UndoWriter writer, ExceptionStore store) {
    long missing = 0;
    TableCursor entry = store.entries();
    while (entry.next()) {
      missing += writer.contains(entry.oldChunk()) ? 0 : 1;
    }
    return missing;
  }

  private static ProblemException otherOrigin(BlockDevice undo, BlockDevice origin) {
    return new ProblemException(
        Problem.at(
            ProblemCode.UNDO_OTHER_ORIGIN,
            undo.path(),
            String.format(
                "%s was made for another origin than %s, or for another size of it",
                undo.path(), origin.path())));
  }

  /**
   * Refuses to merge an undo store into another origin than its own. Accepts any other store.
   *
   * @param origin opened by {@code devices}
   * @throws ProblemException {@code undo.other_origin}, {@code device.read}
   */
  public static void requireItsOrigin(Devices devices, ExceptionStore store, BlockDevice origin) {
    UndoHeader header = UndoHeader.read(store.device()).orElse(null);
    if (header != null && OriginBinding.of(devices, origin).contradicts(header)) {
      throw otherOrigin(store.device(), origin);
    }
  }

  /**
   * Creates the recorder that saves chunks in this file.
   *
   * @param origin where chunks larger than a piece are read from
   * @param source the device of the store that is being merged
   */
  public UndoRecorder recorder(BlockDevice origin, BlockDevice source) {
    return new UndoRecorder(writer, origin, source);
  }

  /**
   * Reads the durable entries of the file as a store.
   *
   * @throws ProblemException {@code device.read}, {@code run.interrupted}
   */
  public ExceptionStore saved(BlockDevice origin, CancelSignal cancel) {
    return ExceptionStore.read(file, origin, cancel);
  }

  public UndoFacts facts() {
    UndoHeader header = writer.header();
    UndoRun maker = header.run();
    return new UndoFacts(
        file.path(),
        writer.entries(),
        writer.entries() * writer.chunkSize().bytes(),
        resumed,
        maker == null ? null : maker.id().toString(),
        header.nameLasting());
  }

  /**
   * Releases reserved space that is not needed. Call after the last commit.
   *
   * @throws ProblemException {@code device.write}
   */
  public void trim() {
    file.cutTo(writer.usedBytes());
  }

  /**
   * Requires that the file is still at the job's path.
   *
   * @throws ProblemException {@code undo.moved}
   */
  public void requireInPlace() {
    if (!file.isInPlace()) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.UNDO_MOVED,
              file.path(),
              file.path()
                  + " was moved or removed during the run; that file holds the saved data"));
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
