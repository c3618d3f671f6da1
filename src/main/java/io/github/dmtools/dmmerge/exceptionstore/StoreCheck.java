package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of checking a store against every rule of the format.
 *
 * @param chunkSize null if the header is invalid; then nothing else was read
 * @param findings the first {@link #MAX_FINDINGS}
 * @param findingsOmitted number of further findings
 */
public record StoreCheck(
    @Nullable ChunkSize chunkSize,
    long areas,
    long exceptions,
    List<Finding> findings,
    long findingsOmitted,
    boolean sound) {
  /** The most findings that are kept: a table of garbage has millions. */
  static final int MAX_FINDINGS = 1000;

  /**
   * Checks a whole store.
   *
   * @throws ProblemException {@code device.read}, {@code run.interrupted}
   */
  public static StoreCheck of(BlockDevice store, CancelSignal cancel) {
    Collector found = new Collector();
    StoreHeader header;
    try {
      header = StoreHeader.read(store);
    } catch (ProblemException e) {
      found.orThrow(e);
      return found.result(null, 0, 0);
    }
    TableLayout layout = new TableLayout(header.chunkSize());
    TableScan scan = new TableScan(store, layout, Long.MAX_VALUE, found::error);
    try {
      TableScan.Result table = scan.run(cancel);
      leftovers(store, table).ifPresent(found::add);
      return found.result(header.chunkSize(), table.areas(), table.exceptions());
    } catch (ProblemException e) {
      found.orThrow(e);
      return found.result(header.chunkSize(), scan.areas(), scan.exceptions());
    }
  }

  static Optional<Finding> leftovers(BlockDevice store, TableScan.Result table) {
    if (table.leftovers() == 0) {
      return Optional.empty();
    }
    String message =
        String.format(
            "%d entries past the end of the table of %s are not zero, the first at byte %d: an area"
                + " was written in part",
            table.leftovers(), store.path(), table.firstLeftover());
    return Optional.of(
        new Finding("store.leftovers", Finding.Severity.WARNING, message, table.firstLeftover()));
  }

  private static final class Collector {
    private final List<Finding> findings = new ArrayList<>();
    private long omitted;
    private boolean sound = true;

    void error(Problem problem) {
      sound = false;
      Long offset = problem.offset();
      add(
          new Finding(
              problem.code().code(),
              Finding.Severity.ERROR,
              problem.message(),
              offset == null ? 0 : offset));
    }

    void add(Finding finding) {
      if (findings.size() < MAX_FINDINGS) {
        findings.add(finding);
      } else {
        omitted++;
      }
    }

    /** Adds a malformed store as a finding, and rethrows any other problem. */
    void orThrow(ProblemException e) {
      if (e.problem().code().exitStatus() != ExitStatus.MALFORMED) {
        throw e;
      }
      error(e.problem());
    }

    StoreCheck result(@Nullable ChunkSize chunkSize, long areas, long exceptions) {
      return new StoreCheck(chunkSize, areas, exceptions, List.copyOf(findings), omitted, sound);
    }
  }
}
