package io.github.dmtools.dmmerge.audit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The last runs of a log, in the order of their first lines. */
final class RecentRuns {
  static final int MAX_RUNS = 1000;

  private final Map<UUID, RunCounts> runs = new LinkedHashMap<>();
  private long omitted;

  void add(AuditLine line, long number) {
    runs.computeIfAbsent(line.run().id(), id -> new RunCounts(line, number)).add(line);
    if (runs.size() > MAX_RUNS) {
      runs.remove(runs.keySet().iterator().next());
      omitted++;
    }
  }

  List<RunSummary> summaries() {
    return runs.values().stream().map(RunCounts::summary).toList();
  }

  long omitted() {
    return omitted;
  }
}
