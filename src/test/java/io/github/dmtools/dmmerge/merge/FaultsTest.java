package io.github.dmtools.dmmerge.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.SlowTest;
import io.github.dmtools.dmmerge.device.Faults;
import io.github.dmtools.dmmerge.device.Faults.Action;
import io.github.dmtools.dmmerge.device.Faults.Kind;
import io.github.dmtools.dmmerge.device.Faults.Operation;
import io.github.dmtools.dmmerge.merge.Story.Start;
import io.github.dmtools.dmmerge.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each operation on each device fails in turn. The run reports the failure correctly, and the same
 * job completes without the fault.
 */
final class FaultsTest {
  private static final String LOG = "log";

  /** An operation that fails, and the codes that the run may report. */
  private enum Fault {
    STORE_READ(Story.STORE, Action.READ, "device.read"),
    STORE_FLUSH(Story.STORE, Action.FLUSH, "device.flush"),
    ORIGIN_READ(Story.ORIGIN, Action.READ, "device.read"),
    ORIGIN_WRITE(Story.ORIGIN, Action.WRITE, "device.write"),
    ORIGIN_BARRIER(Story.ORIGIN, Action.BARRIER, "device.barrier"),
    ORIGIN_FLUSH(Story.ORIGIN, Action.FLUSH, "device.flush"),
    UNDO_READ(Story.UNDO, Action.READ, "device.read"),
    UNDO_WRITE(Story.UNDO, Action.WRITE, "device.write", "undo.create"),
    UNDO_BARRIER(Story.UNDO, Action.BARRIER, "device.barrier", "undo.create"),
    UNDO_RESERVE(Story.UNDO, Action.RESERVE, "undo.create"),
    UNDO_PUBLISH(Story.UNDO, Action.PUBLISH, "undo.create"),
    UNDO_TRIM(Story.UNDO, Action.TRIM, "device.write"),
    LOG_WRITE(LOG, Action.WRITE, "audit.write"),
    LOG_SYNC(LOG, Action.BARRIER, "audit.write"),
    LOG_TRIM(LOG, Action.TRIM, "audit.write");

    private final String path;
    private final Action action;
    private final String codes;

    Fault(String path, Action action, String... codes) {
      this.path = path;
      this.action = action;
      this.codes = String.join(" ", codes);
    }

    boolean is(Operation operation, Story story) {
      String wanted = path.equals(LOG) ? story.logPath() : path;
      return operation.action() == action && operation.path().equals(wanted);
    }

    /** A failed extent is retried piece by piece. */
    boolean mayBeOvercome() {
      return this == STORE_READ || this == ORIGIN_READ || this == ORIGIN_WRITE;
    }
  }

  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @EnumSource(Fault.class)
  void everyOperation(Fault fault) throws IOException {
    int fired = 0;
    for (boolean resumed : new boolean[] {false, true}) {
      Start start = resumed ? Start.random(5, 3, 1) : Start.random(4, 0, 5);
      fired += everyOperation(fault, start, resumed, Kind.ERROR, false);
      if (fault.action == Action.WRITE || fault.action == Action.RESERVE) {
        fired += everyOperation(fault, start, resumed, Kind.NO_SPACE, true);
      }
      if (fault.action == Action.WRITE || fault.action == Action.BARRIER) {
        fired += everyOperation(fault, start, resumed, Kind.SHORT, false);
      }
    }
    fired += everyOperation(fault, Start.random(5, 3, 1), false, Kind.ERROR, true);
    assertTrue(fired > 0, "the fault never occurred");
  }

  @ParameterizedTest
  @EnumSource(names = {"ORIGIN_BARRIER", "UNDO_BARRIER"})
  void chunksOfSeveralPieces(Fault fault) throws IOException {
    assertTrue(everyOperation(fault, PowerLossTest.largeChunks(), false, Kind.SHORT, false) > 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"ORIGIN_READ", "LOG_SYNC"})
  @SlowTest
  void moreChunksOfSeveralPieces(Fault fault) throws IOException {
    chunksOfSeveralPieces(fault);
  }

  @ParameterizedTest
  @EnumSource(names = {"ORIGIN_BARRIER", "UNDO_BARRIER"})
  void severalWindows(Fault fault) throws IOException {
    assertTrue(everyOperation(fault, PowerLossTest.manyChunks(), false, Kind.SHORT, true) > 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"ORIGIN_WRITE", "LOG_WRITE"})
  @SlowTest
  void moreRunsOfSeveralWindows(Fault fault) throws IOException {
    severalWindows(fault);
  }

  /** Returns how often the fault occurred. */
  private int everyOperation(Fault fault, Start start, boolean resumed, Kind kind, boolean lasting)
      throws IOException {
    int number = 0;
    boolean fired;
    do {
      number++;
      fired = one(fault, start, resumed, kind, lasting, number);
    } while (fired);
    return number - 1;
  }

  private boolean one(
      Fault fault, Start start, boolean resumed, Kind kind, boolean lasting, int number)
      throws IOException {
    Story story = new Story(start, directory);
    Random random = new Random(number);
    if (resumed && fault == Fault.LOG_TRIM) {
      story.run(new Faults(o -> Fault.LOG_WRITE.is(o, story), 2, Kind.POWER, false, random));
      story.killed();
    } else if (resumed) {
      story.run(new Faults(o -> o.equals(write()), 3, Kind.POWER, false, random));
      story.crash(random, false);
    }
    Faults faults = new Faults(o -> fault.is(o, story), number, kind, lasting, random);
    try {
      Story.End end = story.run(faults);
      if (faults.fired()) {
        requireReported(fault, end, lasting);
      }
      story.requireSound(end);
      story.requireCompletion(story.runsTold() + 1);
    } catch (AssertionError e) {
      throw new AssertionError(
          String.format(
              "%s %s, lasting: %s, resumed: %s, operation %d",
              fault, kind, lasting, resumed, number),
          e);
    }
    return faults.fired();
  }

  private static Operation write() {
    return new Operation(Story.ORIGIN, Action.WRITE);
  }

  private static void requireReported(Fault fault, Story.End end, boolean lasting) {
    Problem problem = end.problem();
    if (problem == null && !lasting && fault.mayBeOvercome()) {
      return;
    }
    assertNotNull(problem, "the run does not report the fault");
    assertTrue(fault.codes.contains(problem.code().code()), problem.toString());
    assertEquals(
        problem.code().code().equals("undo.create") ? 73 : 74,
        problem.code().exitStatus().status());
  }
}
