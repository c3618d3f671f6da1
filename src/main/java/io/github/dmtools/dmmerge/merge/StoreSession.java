package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.DdLine;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.report.OriginFacts;
import io.github.dmtools.dmmerge.report.PlanHead;
import io.github.dmtools.dmmerge.report.StoreFacts;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job's store, opened for reading and locked, with its caches flushed. Used alone for a job
 * without an output. Cannot write.
 */
class StoreSession implements AutoCloseable {
  private final Run run;
  private final OpenDevice input;

  StoreSession(Run run, OpenDevice input) {
    this.run = run;
    this.input = input;
  }

  /**
   * Opens the store.
   *
   * @throws ProblemException {@code job.schema}, {@code path.*}, {@code device.*}
   */
  static StoreSession open(Run run) {
    JobRules.require(run.job());
    BlockDevice device = run.open(run.job().input());
    try {
      OwnFileGuard guard = new OwnFileGuard(run);
      OpenDevice input = guard.register(device);
      input.lock(LockMode.SHARED);
      guard.requireApart();
      input.flushCaches();
      return new StoreSession(run, input);
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }

  Run run() {
    return run;
  }

  OpenDevice input() {
    return input;
  }

  /** The origin for reading; null if the job names none. */
  @Nullable BlockDevice originReader() {
    return null;
  }

  /** The origin's facts for documents; null if the job names none. */
  @Nullable OriginFacts originFacts() {
    return null;
  }

  /** The digest that approves a plan of these devices; null without an output or digests. */
  @Nullable String approvalSha256(ExceptionStore store, PlanTotals plan) {
    return null;
  }

  /**
   * Reads the store and checks all rules of the format.
   *
   * @throws ProblemException {@code store.*}, {@code device.read}, {@code run.interrupted}
   */
  ExceptionStore readStore() {
    ExceptionStore store = readTable();
    store.leftovers().ifPresent(run.warnings()::warn);
    input.warnOfSmallChunks(store);
    return store;
  }

  private ExceptionStore readTable() {
    try {
      return ExceptionStore.read(input.reader(), originReader(), run.cancel());
    } catch (ProblemException e) {
      throw new ProblemException(Guards.withoutStore(input.path(), input.use(), e.problem()), e);
    }
  }

  PlanHead planHead(Instant createdAt, PlanDepth depth, ExceptionStore store) {
    return new PlanHead(
        createdAt,
        run.job(),
        depth == PlanDepth.TABLE,
        input.facts(),
        originFacts(),
        StoreFacts.of(store),
        new DdLine(store.chunkSize(), input.device(), originReader(), run.job().direct()));
  }

  /** Warns of everything that would stop a run that writes. */
  void warnOfProblems() {
    Guards.againstReading(input.path(), input.use()).forEach(run::warn);
  }

  List<OpenDevice> devices() {
    return List.of(input);
  }

  @Override
  public void close() {
    devices().forEach(opened -> opened.device().close());
  }
}
