package io.github.dmtools.dmmerge.proof;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.audit.AuditReport;
import io.github.dmtools.dmmerge.audit.LineSink;
import io.github.dmtools.dmmerge.proof.AuditProof.Unproved;
import io.github.dmtools.dmmerge.proof.AuditProof.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Compares a plan with an audit log, in bounded memory. */
public final class LogProof {
  /** The most unproved chunks that are listed. */
  static final int MAX_UNPROVED = 100;

  /** An audit log. */
  @FunctionalInterface
  public interface Log {
    /** Reads and checks the whole log. */
    AuditReport read(LineSink sink);
  }

  /**
   * The result.
   *
   * @param report the check of the log
   * @param proof null if the log is broken
   */
  public record Result(AuditReport report, @Nullable AuditProof proof) {}

  private final ProofPlan plan;
  private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
  private final List<Unproved> unproved = new ArrayList<>();
  private long runs;

  private LogProof(ProofPlan plan) {
    this.plan = plan;
  }

  /**
   * Checks the log, and searches it for all pending chunks of the plan.
   *
   * @param path path of the plan
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code path.*}, {@code plan.syntax},
   *     {@code audit.no_proof}, and what {@code log} throws
   */
  public static Result of(String path, ApprovedPlan.Source plans, Log log) {
    return of(path, plans, log, ProofPlan.MAX_CHUNKS);
  }

  /** The same with a limit for the size of a band. */
  static Result of(String path, ApprovedPlan.Source plans, Log log, int maxChunks) {
    return new LogProof(ProofPlan.read(plans, path, maxChunks)).run(log);
  }

  private Result run(Log log) {
    AuditReport report = null;
    for (ProofPlan.Range range : plan.ranges()) {
      ProofBand band = plan.load(range);
      ProofEvidence evidence = new ProofEvidence(plan, band);
      report = log.read(evidence);
      if (!report.good()) {
        return new Result(report, null);
      }
      runs = evidence.runs();
      addVerdicts(range, band, evidence);
    }
    return new Result(report == null ? log.read(LineSink.NONE) : report, proof());
  }

  private void addVerdicts(ProofPlan.Range range, ProofBand band, ProofEvidence evidence) {
    PriorityQueue<Unproved> first =
        new PriorityQueue<>(Comparator.comparingLong(Unproved::oldChunk).reversed());
    for (int slot = 0; slot < band.size(); slot++) {
      long chunk = band.oldChunk(slot);
      if (!range.has(chunk)) {
        continue;
      }
      Verdict verdict = evidence.verdict(slot);
      counts.merge(verdict, 1L, Long::sum);
      if (verdict != Verdict.PROVED) {
        first.add(new Unproved(chunk, chunk * plan.chunkBytes(), verdict));
        if (first.size() > MAX_UNPROVED - unproved.size()) {
          first.remove();
        }
      }
    }
    List<Unproved> ascending = new ArrayList<>(first);
    ascending.sort(Comparator.comparingLong(Unproved::oldChunk));
    unproved.addAll(ascending);
  }

  private AuditProof proof() {
    long open = plan.pending() - counts.getOrDefault(Verdict.PROVED, 0L);
    return new AuditProof(
        plan.path(),
        plan.planSha256(),
        plan.approvalSha256(),
        plan.origin().path(),
        plan.store().path(),
        runs,
        plan.pending(),
        Map.copyOf(counts),
        List.copyOf(unproved),
        open - unproved.size());
  }
}
