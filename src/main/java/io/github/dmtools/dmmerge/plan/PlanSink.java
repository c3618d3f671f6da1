package io.github.dmtools.dmmerge.plan;

/** Receives a plan's exceptions one by one, in the table's order. Plans are not kept in memory. */
@FunctionalInterface
public interface PlanSink {
  void accept(PlannedChunk exception);
}
