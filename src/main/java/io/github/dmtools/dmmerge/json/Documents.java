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
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes documents that fit in memory. The streams are flushed and stay open. */
public final class Documents {
  private Documents() {}

  public static void write(Problem problem, OutputStream out) {
    try (DocumentWriter document = new DocumentWriter(out)) {
      document.begin("problem");
      document.problemFields(problem);
      document.end();
    }
  }

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
      counts(json, "counts", report.exceptions());
      counts(json, "bytes", report.bytes());
      document.text("plan_sha256", report.planSha256());
      document.text("approval_sha256", report.approvalSha256());
      plannedFor(document, report.plannedFor());
      verification(json, report.verification());
      undo(document, json, report.undo());
      audit(json, report.audit());
      mappings(json, report.mappings());
      json.writeNumberProperty("mappings_omitted", report.mappingsOmitted());
      failures(document, report.failures());
      json.writeNumberProperty("failures_omitted", report.failuresOmitted());
      document.warnings(report.warnings());
      Problem problem = report.problem();
      if (problem == null) {
        json.writeNullProperty("problem");
      } else {
        json.writeObjectPropertyStart("problem");
        document.problemFields(problem);
        json.writeEndObject();
      }
      document.end();
    }
  }

  private static void plannedFor(DocumentWriter document, @Nullable Targets targets) {
    if (targets == null) {
      document.json().writeNullProperty("planned_for");
      return;
    }
    document.json().writeObjectPropertyStart("planned_for");
    target(document, "input", targets.store());
    target(document, "output", targets.origin());
    document.json().writeEndObject();
  }

  private static void target(DocumentWriter document, String name, Target target) {
    document.json().writeObjectPropertyStart(name);
    document.text("path", target.path());
    document.number("bytes", target.bytes());
    document.text("lasting_name", target.lastingName());
    document.json().writeEndObject();
  }

  private static void counts(JsonGenerator json, String name, Counts counts) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("total", counts.total());
    json.writeNumberProperty("written", counts.written());
    json.writeNumberProperty("unchanged", counts.unchanged());
    json.writeNumberProperty("failed", counts.failed());
    json.writeNumberProperty("pending", counts.pending());
    json.writeEndObject();
  }

  private static void verification(JsonGenerator json, @Nullable Verification verification) {
    if (verification == null) {
      json.writeNullProperty("verification");
      return;
    }
    json.writeObjectPropertyStart("verification");
    json.writeStringProperty("status", verification.different() == 0 ? "same" : "different");
    json.writeNumberProperty("exceptions", verification.exceptions());
    json.writeNumberProperty("different", verification.different());
    json.writeEndObject();
  }

  private static void undo(DocumentWriter document, JsonGenerator json, @Nullable UndoFacts undo) {
    if (undo == null) {
      json.writeNullProperty("undo");
      return;
    }
    json.writeObjectPropertyStart("undo");
    json.writeStringProperty("path", undo.path());
    json.writeNumberProperty("exceptions", undo.exceptions());
    json.writeNumberProperty("bytes", undo.bytes());
    json.writeBooleanProperty("continued", undo.continued());
    document.text("run_id", undo.runId());
    json.writeStringProperty("origin_binding", undo.lasting() ? "lasting" : "boot");
    json.writeEndObject();
  }

  private static void audit(JsonGenerator json, @Nullable AuditFacts audit) {
    if (audit == null) {
      json.writeNullProperty("audit");
      return;
    }
    json.writeObjectPropertyStart("audit");
    json.writeStringProperty("path", audit.path());
    json.writeStringProperty("run_id", audit.runId());
    json.writeNumberProperty("seq", audit.seq());
    json.writeStringProperty("sha256", audit.sha256());
    json.writeEndObject();
  }

  private static void mappings(JsonGenerator json, List<Mapping> mappings) {
    json.writeArrayPropertyStart("mappings");
    for (Mapping mapping : mappings) {
      json.writeStartObject();
      json.writeNumberProperty("index", mapping.index());
      json.writeNumberProperty("old_chunk", mapping.oldChunk());
      json.writeNumberProperty("new_chunk", mapping.newChunk());
      json.writeNumberProperty("origin_offset", mapping.originOffset());
      json.writeNumberProperty("store_offset", mapping.storeOffset());
      json.writeNumberProperty("bytes", mapping.bytes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void failures(DocumentWriter document, List<FailedRange> failures) {
    JsonGenerator json = document.json();
    json.writeArrayPropertyStart("failures");
    for (FailedRange failure : failures) {
      json.writeStartObject();
      json.writeNumberProperty("origin_offset", failure.originOffset());
      json.writeNumberProperty("store_offset", failure.storeOffset());
      json.writeNumberProperty("bytes", failure.bytes());
      json.writeStringProperty("code", failure.problem().code().code());
      json.writeStringProperty("message", failure.problem().message());
      document.number("errno", failure.problem().errno());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  public static void write(CheckReport report, OutputStream out) {
    try (DocumentWriter document = new DocumentWriter(out)) {
      JsonGenerator json = document.json();
      StoreCheck check = report.check();
      document.begin("check");
      document.time("checked_at", report.checkedAt());
      document.device("input", report.input());
      if (check.chunkSize() == null) {
        json.writeNullProperty("store");
      } else {
        document.store(new StoreFacts(check.chunkSize(), check.areas(), check.exceptions()));
      }
      json.writeBooleanProperty("sound", check.sound());
      json.writeArrayPropertyStart("findings");
      for (Finding finding : check.findings()) {
        json.writeStartObject();
        json.writeStringProperty("code", finding.code());
        json.writeStringProperty("severity", lowerCase(finding.severity()));
        json.writeStringProperty("message", finding.message());
        json.writeNumberProperty("offset", finding.offset());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeNumberProperty("findings_omitted", check.findingsOmitted());
      document.warnings(report.warnings());
      document.end();
    }
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
