package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.problem.Warning;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a check of a log found.
 *
 * @param path the log's real path
 * @param bytes of it that were read
 * @param lines in it, a last one without its line feed included
 * @param head the last line that is in its place; null if there is none
 * @param runs the last of them, at most 1000
 * @param runsOmitted how many there were before
 * @param headCheck whether it has the line that it must have; null if none was named
 * @param findings in the order of the log, at most 1000
 * @param findingsOmitted how many more there were
 */
public record AuditReport(
    String path,
    long bytes,
    long lines,
    @Nullable AuditHead head,
    @Nullable HeadCheck headCheck,
    List<RunSummary> runs,
    long runsOmitted,
    List<AuditFinding> findings,
    long findingsOmitted,
    List<Warning> warnings) {
  /** Whether nothing was found. */
  public boolean good() {
    return findings.isEmpty();
  }
}
