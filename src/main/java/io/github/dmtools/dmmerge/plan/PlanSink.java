package io.github.dmtools.dmmerge.plan;

/** Takes the exceptions of a plan one by one, in the table's order: no plan is held in memory. */
@FunctionalInterface
public interface PlanSink {
  void accept(PlannedChunk exception);
}
