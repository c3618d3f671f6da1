package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.Approval;
import io.github.dmtools.dmmerge.approval.ApprovalCheck;
import io.github.dmtools.dmmerge.plan.PlanSink;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the job expects, compared as the plan of now is made. What does not hold is thrown, or is a
 * warning to those who only want to know.
 */
final class ExpectedPlan implements PlanSink, AutoCloseable {
  private final @Nullable WarningSink warnings;
  private @Nullable ApprovalCheck check;

  private ExpectedPlan(Supplier<@Nullable ApprovalCheck> opener, @Nullable WarningSink warnings) {
    this.warnings = warnings;
    try {
      check = opener.get();
    } catch (ProblemException e) {
      end(e);
    }
  }

  /**
   * What must hold.
   *
   * @param opener gives null if nothing is expected
   * @throws ProblemException {@code path.*}, {@code plan.syntax}
   */
  static ExpectedPlan required(Supplier<@Nullable ApprovalCheck> opener) {
    return new ExpectedPlan(opener, null);
  }

  /**
   * What is a warning where it does not hold.
   *
   * @param opener gives null if nothing is expected
   */
  static ExpectedPlan warning(Supplier<@Nullable ApprovalCheck> opener, WarningSink warnings) {
    return new ExpectedPlan(opener, warnings);
  }

  @Override
  public void accept(PlannedChunk exception) {
    if (check != null) {
      try {
        check.accept(exception);
      } catch (ProblemException e) {
        end(e);
      }
    }
  }

  /**
   * The verdict, after the last exception.
   *
   * @return null if nothing is expected, or if it does not hold and that was a warning
   * @throws ProblemException {@code plan.*}, {@code device.read}, {@code store.changed}, {@code
   *     run.interrupted}
   */
  @Nullable Approval finish(PlanTotals now) {
    if (check == null) {
      return null;
    }
    try {
      return check.finish(now);
    } catch (ProblemException e) {
      end(e);
      return null;
    }
  }

  private void end(ProblemException e) {
    close();
    check = null;
    if (warnings == null || e.problem().code() == ProblemCode.RUN_INTERRUPTED) {
      throw e;
    }
    warnings.warn(e.problem().asWarning());
  }

  @Override
  public void close() {
    if (check != null) {
      check.close();
    }
  }
}
