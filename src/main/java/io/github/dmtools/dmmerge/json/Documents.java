package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.apply.Counts;
import io.github.dmtools.dmmerge.apply.FailedRange;
import io.github.dmtools.dmmerge.approval.Target;
import io.github.dmtools.dmmerge.approval.Targets;
import io.github.dmtools.dmmerge.audit.AuditReport;
import io.github.dmtools.dmmerge.exceptionstore.Finding;
import io.github.dmtools.dmmerge.exceptionstore.StoreCheck;
import io.github.dmtools.dmmerge.plan.Mapping;
import io.github.dmtools.dmmerge.preserve.UndoFacts;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.proof.AuditProof;
import io.github.dmtools.dmmerge.report.AuditFacts;
import io.github.dmtools.dmmerge.report.CheckReport;
import io.github.dmtools.dmmerge.report.Report;
import io.github.dmtools.dmmerge.report.StoreFacts;
import io.github.dmtools.dmmerge.report.Verification;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes documents that fit in memory. The streams are flushed and stay open. */
public final class Documents {
  private Documents() {}

  /** Writes a problem. */
  public static void write(Problem problem, OutputStream out) {
    try (DocumentWriter document = new DocumentWriter(out)) {
      document.begin("problem");
      document.problemFields(problem);
      document.end();
    }
  }

  /** Writes a report. */
  public static void write(Report report, OutputStream out) {
    try (DocumentWriter document = new DocumentWriter(out)) {
      JsonGenerator json = document.json();
      document.begin("report");
      json.writeStringProperty("command", lowerCase(report.command()));
      json.writeStringProperty("status", lowerCase(report.status()));
      json.writeBooleanProperty("changed", report.changed());
      document.job(report.job());
      document.device("input", report.input());
      document.origin("output", report.output());
      document.store(report.store());
      document.time("started_at", report.startedAt());
      document.time("finished_at", report.finishedAt());
      json.writeNumberProperty("seconds", report.seconds());
      document.object("counts", report.exceptions(), counts -> counts(json, counts));
      document.object("bytes", report.bytes(), counts -> counts(json, counts));
      document.text("plan_sha256", report.planSha256());
      document.text("approval_sha256", report.approvalSha256());
      document.object("planned_for", report.plannedFor(), targets -> targets(document, targets));
      document.object("verification", report.verification(), found -> verification(json, found));
      document.object("undo", report.undo(), undo -> undo(document, undo));
      document.object("audit", report.audit(), audit -> audit(json, audit));
      document.array("mappings", report.mappings(), mapping -> mapping(json, mapping));
      json.writeNumberProperty("mappings_omitted", report.mappingsOmitted());
      document.array("failures", report.failures(), failure -> failure(document, failure));
      json.writeNumberProperty("failures_omitted", report.failuresOmitted());
      document.warnings(report.warnings());
      document.object("problem", report.problem(), document::problemFields);
      document.end();
    }
  }

  private static void targets(DocumentWriter document, Targets targets) {
    document.object("input", targets.store(), target -> target(document, target));
    document.object("output", targets.origin(), target -> target(document, target));
  }

  private static void target(DocumentWriter document, Target target) {
    document.text("path", target.path());
    document.number("bytes", target.bytes());
    document.text("lasting_name", target.lastingName());
  }

  private static void counts(JsonGenerator json, Counts counts) {
    json.writeNumberProperty("total", counts.total());
    json.writeNumberProperty("written", counts.written());
    json.writeNumberProperty("unchanged", counts.unchanged());
    json.writeNumberProperty("failed", counts.failed());
    json.writeNumberProperty("pending", counts.pending());
  }

  private static void verification(JsonGenerator json, Verification verification) {
    json.writeStringProperty("status", verification.different() == 0 ? "same" : "different");
    json.writeNumberProperty("exceptions", verification.exceptions());
    json.writeNumberProperty("different", verification.different());
  }

  private static void undo(DocumentWriter document, UndoFacts undo) {
    document.text("path", undo.path());
    document.number("exceptions", undo.exceptions());
    document.number("bytes", undo.bytes());
    document.json().writeBooleanProperty("continued", undo.continued());
    document.text("run_id", undo.runId());
    document.text("origin_binding", undo.lasting() ? "lasting" : "boot");
  }

  private static void audit(JsonGenerator json, AuditFacts audit) {
    json.writeStringProperty("path", audit.path());
    json.writeStringProperty("run_id", audit.runId());
    json.writeNumberProperty("seq", audit.seq());
    json.writeStringProperty("sha256", audit.sha256());
  }

  private static void mapping(JsonGenerator json, Mapping mapping) {
    json.writeNumberProperty("index", mapping.index());
    json.writeNumberProperty("old_chunk", mapping.oldChunk());
    json.writeNumberProperty("new_chunk", mapping.newChunk());
    json.writeNumberProperty("origin_offset", mapping.originOffset());
    json.writeNumberProperty("store_offset", mapping.storeOffset());
    json.writeNumberProperty("bytes", mapping.bytes());
  }

  private static void failure(DocumentWriter document, FailedRange failure) {
    document.number("origin_offset", failure.originOffset());
    document.number("store_offset", failure.storeOffset());
    document.number("bytes", failure.bytes());
    document.text("code", failure.problem().code().code());
    document.text("message", failure.problem().message());
    document.number("errno", failure.problem().errno());
  }

  /** Writes the check of a store. */
  public static void write(CheckReport report, OutputStream out) {
    try (DocumentWriter document = new DocumentWriter(out)) {
      JsonGenerator json = document.json();
      StoreCheck check = report.check();
      document.begin("check");
      document.time("checked_at", report.checkedAt());
      document.device("input", report.input());
      document.store(
          check.chunkSize() == null
              ? null
              : new StoreFacts(check.chunkSize(), check.areas(), check.exceptions()));
      json.writeBooleanProperty("sound", check.sound());
      document.array("findings", check.findings(), finding -> finding(json, finding));
      json.writeNumberProperty("findings_omitted", check.findingsOmitted());
      document.warnings(report.warnings());
      document.end();
    }
  }

  private static void finding(JsonGenerator json, Finding finding) {
    json.writeStringProperty("code", finding.code());
    json.writeStringProperty("severity", lowerCase(finding.severity()));
    json.writeStringProperty("message", finding.message());
    json.writeNumberProperty("offset", finding.offset());
  }

  /**
   * Writes the check of an audit log.
   *
   * @param proof null if no plan was named, or the log is broken
   * @param checkedAt when it was checked
   */
  public static void write(
      AuditReport report, @Nullable AuditProof proof, Instant checkedAt, OutputStream out) {
    try (DocumentWriter document = new DocumentWriter(out)) {
      AuditWriter.write(report, proof, checkedAt, document);
    }
  }

  static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
