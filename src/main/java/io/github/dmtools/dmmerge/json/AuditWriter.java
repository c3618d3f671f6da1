package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.audit.AuditEvent.RunFinished;
import io.github.dmtools.dmmerge.audit.AuditFinding;
import io.github.dmtools.dmmerge.audit.AuditHead;
import io.github.dmtools.dmmerge.audit.AuditJob;
import io.github.dmtools.dmmerge.audit.AuditReport;
import io.github.dmtools.dmmerge.audit.AuditRun;
import io.github.dmtools.dmmerge.audit.HeadCheck;
import io.github.dmtools.dmmerge.audit.RunSummary;
import io.github.dmtools.dmmerge.proof.AuditProof;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes the result of checking an audit log. */
final class AuditWriter {
  private final DocumentWriter document;
  private final JsonGenerator json;

  private AuditWriter(DocumentWriter document) {
    this.document = document;
    this.json = document.json();
  }

  static void write(
      AuditReport report, @Nullable AuditProof proof, Instant checkedAt, DocumentWriter document) {
    new AuditWriter(document).write(report, proof, checkedAt);
  }

  private void write(AuditReport report, @Nullable AuditProof proof, Instant checkedAt) {
    document.begin("audit");
    document.time("checked_at", checkedAt);
    json.writeStringProperty("log", report.path());
    json.writeBooleanProperty("good", report.good());
    json.writeNumberProperty("bytes", report.bytes());
    json.writeNumberProperty("lines", report.lines());
    document.object("head", report.head(), this::head);
    document.object("expected_head", report.headCheck(), this::expectedHead);
    document.array("runs", report.runs(), this::run);
    json.writeNumberProperty("runs_omitted", report.runsOmitted());
    document.array("findings", report.findings(), this::finding);
    json.writeNumberProperty("findings_omitted", report.findingsOmitted());
    document.object("proof", proof, this::proof);
    document.warnings(report.warnings());
    document.end();
  }

  private void head(AuditHead head) {
    json.writeNumberProperty("seq", head.seq());
    json.writeStringProperty("line_sha256", head.lineSha256());
  }

  private void expectedHead(HeadCheck check) {
    document.number("seq", check.expected().seq());
    json.writeStringProperty("line_sha256", check.expected().lineSha256());
    json.writeBooleanProperty("found", check.found());
  }

  private void proof(AuditProof proof) {
    json.writeStringProperty("plan", proof.plan());
    json.writeStringProperty("plan_sha256", proof.planSha256());
    document.text("approval_sha256", proof.approvalSha256());
    json.writeStringProperty("origin", proof.origin());
    json.writeStringProperty("store", proof.store());
    json.writeNumberProperty("runs", proof.runs());
    json.writeBooleanProperty("complete", proof.complete());
    json.writeNumberProperty("pending", proof.pending());
    for (AuditProof.Verdict verdict : AuditProof.Verdict.values()) {
      json.writeNumberProperty(Documents.lowerCase(verdict), proof.count(verdict));
    }
    document.array("chunks", proof.chunks(), this::unproved);
    json.writeNumberProperty("chunks_omitted", proof.chunksOmitted());
  }

  private void unproved(AuditProof.Unproved chunk) {
    json.writeNumberProperty("old_chunk", chunk.oldChunk());
    json.writeNumberProperty("offset", chunk.offset());
    json.writeStringProperty("verdict", Documents.lowerCase(chunk.verdict()));
  }

  private void run(RunSummary summary) {
    AuditRun run = summary.run();
    json.writeStringProperty("run_id", run.id().toString());
    json.writeNumberProperty("first_line", summary.firstLine());
    Instant started = summary.startedAt();
    document.text("started_at", started == null ? null : started.toString());
    document.time("last_at", summary.lastAt());
    RunFinished finished = summary.finished();
    json.writeBooleanProperty("finished", finished != null);
    document.text("status", finished == null ? null : Documents.lowerCase(finished.outcome()));
    document.text("problem_code", finished == null ? null : finished.problemCode());
    json.writeStringProperty("origin", run.originPath());
    json.writeStringProperty("store", run.storePath());
    document.text("plan_sha256", run.planSha256());
    AuditJob job = summary.job();
    document.text("approval_sha256", job == null ? null : job.approvalSha256());
    document.text("label", run.label());
    json.writeStringProperty("host", run.operator().hostName());
    json.writeStringProperty("user", run.operator().userName());
    json.writeNumberProperty("pid", run.operator().pid());
    json.writeNumberProperty("extents", summary.extents());
    json.writeNumberProperty("bytes", summary.bytes());
    json.writeNumberProperty("batches_written", summary.batchesWritten());
    json.writeNumberProperty("batches_unconfirmed", summary.batchesUnconfirmed());
    json.writeNumberProperty("failures", summary.failures());
  }

  private void finding(AuditFinding finding) {
    json.writeStringProperty("code", finding.code());
    json.writeStringProperty("message", finding.message());
    json.writeNumberProperty("line", finding.line());
    json.writeNumberProperty("offset", finding.offset());
  }
}
