package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.PlanDocument;
import io.github.dmtools.dmmerge.report.PlanHead;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Streams a plan of any length, one exception per line. */
public final class PlanWriter implements PlanDocument {
  private final DocumentWriter document;
  private final JsonGenerator json;
  private final OutputStream out;
  private @Nullable PlanLines lines;

  /**
   * @param out is flushed at the end, and stays open
   */
  public PlanWriter(OutputStream out) {
    this.out = out;
    this.document = new DocumentWriter(out);
    this.json = document.json();
  }

  @Override
  public void begin(PlanHead head) {
    document.begin("plan");
    document.time("created_at", head.createdAt());
    document.job(head.job());
    json.writeBooleanProperty("metadata_only", head.metadataOnly());
    document.device("input", head.input());
    document.origin("output", head.output());
    document.store(head.store());
    json.writeArrayPropertyStart("exceptions");
    lines = new PlanLines(json, out, head.dd());
  }

  @Override
  public void accept(PlannedChunk exception) {
    lines().add(exception);
  }

  private PlanLines lines() {
    if (lines == null) {
      throw new IllegalStateException("the plan has not begun");
    }
    return lines;
  }

  @Override
  public void end(PlanTotals totals, @Nullable String approvalSha256, List<Warning> warnings) {
    boolean compared = totals.compared();
    lines().flush();
    json.writeEndArray();
    json.writeRaw('\n');
    json.writeObjectPropertyStart("summary");
    json.writeNumberProperty("exceptions", totals.exceptions());
    document.number("pending", compared ? totals.pending() : null);
    document.number("applied", compared ? totals.applied() : null);
    json.writeNumberProperty("bytes", totals.bytes());
    document.number("pending_bytes", compared ? totals.pendingBytes() : null);
    document.number("applied_bytes", compared ? totals.appliedBytes() : null);
    json.writeEndObject();
    document.warnings(warnings);
    document.text("plan_sha256", totals.planSha256());
    document.text("origins_sha256", totals.originsSha256());
    document.text("approval_sha256", approvalSha256);
    document.end();
  }
}
