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
 * The undo store of a run, as a file: made by the first run, continued by the next ones until one
 * of them wrote everything. What can be wrong with it is found when it is opened, before the origin
 * is written to; its space is reserved then.
 */
public final class UndoFile implements AutoCloseable {
  private final PreallocatedFile file;
  private final UndoWriter writer;
  private final boolean resumed;

  /**
   * Where the file is.
   *
   * @param requireApart throws {@code device.*} if an existing file shares bytes with the input or
   *     the origin, or is in use
   */
  public record Place(Devices devices, String path, Consumer<PreallocatedFile> requireApart) {}

  private UndoFile(PreallocatedFile file, UndoWriter writer, boolean resumed) {
    this.file = file;
    this.writer = writer;
    this.resumed = resumed;
  }

  /**
   * Makes the file, or opens the one that an earlier run made for the same origin.
   *
   * @param origin as the place's devices opened it
   * @param store what is going to be merged
   * @param run that needs the undo store
   * @throws ProblemException {@code undo.*}, {@code run.interrupted}, and as {@link Place}
   */
  public static UndoFile open(
      Place place, BlockDevice origin, ExceptionStore store, UndoRun run, CancelSignal cancel) {
    OriginBinding binding = OriginBinding.of(place.devices(), origin);
    PreallocatedFile existing = place.devices().openPreallocated(place.path());
    PreallocatedFile file =
        existing != null
            ? existing
            : place
                .devices()
                .createPreallocated(
                    place.path(), UndoWriter.bytesFor(store.chunkSize(), store.exceptions()));
    try {
      if (existing == null) {
        return new UndoFile(file, create(file, store, binding.header(run)), false);
      }
      place.requireApart().accept(file);
      requireItsJob(file, origin, binding, run);
      UndoWriter writer = resume(file, origin, store, cancel);
      if (!writer.header().complete()) {
        long missing = missing(writer, store);
        requireOfTable(writer, store.exceptions() - missing);
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

  /** One that is complete and older than the record of jobs passes: nothing is added to it. */
  private static void requireItsJob(
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

  /** Why the undo store is not continued. */
  public static ProblemException otherJob(BlockDevice undo, UndoHeader header) {
    String what =
        header.run() == null
            ? "was begun by an older version, which did not record for which job"
            : "was made for another job: another store, other chunks of it or another plan";
    return new ProblemException(
        Problem.at(ProblemCode.UNDO_OTHER_JOB, undo.path(), undo.path() + " " + what));
  }

  /** Every chunk that was saved is one that this job writes, and is going to be checked. */
  private static void requireOfTable(UndoWriter writer, long savedOfTable) {
    if (writer.entries() != savedOfTable) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.UNDO_NOT_OURS,
              writer.path(),
              String.format(
                  "%d of %d chunks in %s are none that the job writes",
                  writer.entries() - savedOfTable, writer.entries(), writer.path())));
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

  /** Exceptions whose chunk of the origin is not in the undo store yet. */
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
                "%s was made for another origin, or another size of it, than %s",
                undo.path(), origin.path())));
  }

  /**
   * Refuses to merge an undo store into what it was not made for. Any other store passes.
   *
   * @param origin as {@code devices} opened it
   * @throws ProblemException {@code undo.other_origin}, {@code device.read}
   */
  public static void requireItsOrigin(Devices devices, ExceptionStore store, BlockDevice origin) {
    UndoHeader header = UndoHeader.read(store.device()).orElse(null);
    if (header != null && OriginBinding.of(devices, origin).contradicts(header)) {
      throw otherOrigin(store.device(), origin);
    }
  }

  /**
   * What saves the chunks of this run.
   *
   * @param origin where chunks are read from that do not fit into memory
   * @param source the device of the store that is being merged
   */
  public UndoRecorder recorder(BlockDevice origin, BlockDevice source) {
    return new UndoRecorder(writer, origin, source);
  }

  /**
   * The entries that earlier runs made durable, to be compared with the origin.
   *
   * @throws ProblemException {@code device.read}, {@code run.interrupted}
   */
  public ExceptionStore saved(BlockDevice origin, CancelSignal cancel) {
    return ExceptionStore.read(file, origin, cancel);
  }

  /** What a report says of it. */
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
   * Gives the space back that was reserved and is not needed. After the last commit.
   *
   * @throws ProblemException {@code device.write}
   */
  public void trim() {
    file.cutTo(writer.usedBytes());
  }

  /**
   * Requires the undo file to be at the job's path, where a run that undoes will look for it.
   *
   * @throws ProblemException {@code undo.moved}
   */
  public void requireInPlace() {
    if (!file.isInPlace()) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.UNDO_MOVED,
              file.path(),
              file.path() + " was moved or removed during the run; what it saved is in that file"));
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
