package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.problem.Warning;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of checking a log.
 *
 * @param path real path of the log
 * @param bytes bytes read
 * @param lines number of lines, including an unterminated last one
 * @param head the last line that is in place; null if there is none
 * @param headCheck whether the log contains the expected line; null if none was named
 * @param runs the last runs, at most 1000
 * @param runsOmitted number of earlier runs
 * @param findings in the order of the log, at most 1000
 * @param findingsOmitted number of further findings
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
  /** True if there are no findings. */
  public boolean good() {
    return findings.isEmpty();
  }
}
