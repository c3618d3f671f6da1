package io.github.dmtools.dmmerge.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets one operation of a run fail, or all from that one on. It counts over all the run's devices
 * and files, whichever thread uses them: who asks holds the lock of this object until the operation
 * is over.
 */
public final class Faults {
  /** What is done to a device or a file. */
  public enum Action {
    READ,
    WRITE,
    BARRIER,
    FLUSH,
    RESERVE,
    PUBLISH,
    TRIM
  }

  /** How an operation fails. */
  public enum Kind {
    /** With EIO, and nothing was done. */
    ERROR,
    /** With EIO, and some of it was done. */
    SHORT,
    /** With ENOSPC, and some of it was done. */
    NO_SPACE,
    /** Some of it may have been done, and nothing works any more. */
    POWER
  }

  /** One operation. */
  public record Operation(String path, Action action) {}

  private final Predicate<Operation> chosen;
  private final int number;
  private final Kind kind;
  private final boolean lasting;
  private final Random luck;
  private final List<Operation> trace = new ArrayList<>();
  private int seen;
  private boolean fired;
  private boolean powerOff;

  /**
   * @param number the first of the chosen operations that fails, counted from 1
   * @param lasting whether those after it fail too
   * @param luck decides what was done of an operation that failed
   */
  public Faults(Predicate<Operation> chosen, int number, Kind kind, boolean lasting, Random luck) {
    this.chosen = chosen;
    this.number = number;
    this.kind = kind;
    this.lasting = lasting;
    this.luck = luck;
  }

  /** Nothing fails. */
  public static Faults none() {
    return new Faults(operation -> false, 1, Kind.ERROR, false, new Random(0));
  }

  /**
   * How the operation that begins now is to fail; null if it is not.
   *
   * @throws PowerCut.Cut once the power is off
   */
  public synchronized @Nullable Kind next(String path, Action action) {
    if (powerOff) {
      throw new PowerCut.Cut();
    }
    Operation operation = new Operation(path, action);
    if (!chosen.test(operation)) {
      return null;
    }
    trace.add(operation);
    seen++;
    if (lasting ? seen < number : seen != number) {
      return null;
    }
    fired = true;
    powerOff = kind == Kind.POWER;
    return kind;
  }

  /** Bytes, in whole sectors, that an operation that fails got done. */
  public synchronized int done(Kind failure, int bytes) {
    if (failure == Kind.ERROR) {
      return 0;
    }
    return Math.min(bytes, luck.nextInt(bytes / 512 + 1) * 512);
  }

  synchronized boolean isLucky() {
    return luck.nextBoolean();
  }

  Random luck() {
    return luck;
  }

  /** Whether anything failed. */
  public synchronized boolean fired() {
    return fired;
  }

  /** The chosen operations, in order. */
  public synchronized List<Operation> trace() {
    return List.copyOf(trace);
  }
}
