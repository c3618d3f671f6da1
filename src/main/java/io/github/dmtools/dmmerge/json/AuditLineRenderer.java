package io.github.dmtools.dmmerge.json;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.dmtools.dmmerge.audit.AuditCodec;
import io.github.dmtools.dmmerge.audit.AuditEvent;
import io.github.dmtools.dmmerge.audit.AuditEvent.BatchFailed;
import io.github.dmtools.dmmerge.audit.AuditEvent.BatchWritten;
import io.github.dmtools.dmmerge.audit.AuditEvent.Digested;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentFailed;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentWrite;
import io.github.dmtools.dmmerge.audit.AuditEvent.Outcome;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunFinished;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunStarted;
import io.github.dmtools.dmmerge.audit.AuditJob;
import io.github.dmtools.dmmerge.audit.AuditRun;
import io.github.dmtools.dmmerge.audit.LineBuffer;
import io.github.dmtools.dmmerge.audit.Operator;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * Renders the lines of one run. Jackson renders the members that all lines share once. There may be
 * hundreds of thousands of extents, so their lines are put together without Jackson.
 */
final class AuditLineRenderer implements AuditCodec.Renderer {
  /** The version of the Elastic Common Schema that defines the field names. */
  static final String ECS_VERSION = "8.17.0";

  private static final byte[] TIMESTAMP = ascii(",\"" + AuditKeys.TIMESTAMP + "\":\"");
  private static final byte[] TIMESTAMP_END = ascii("Z\"");
  private static final int MICROSECOND_DIGITS = 6;

  private static final byte[] EXTENT_WRITE = ascii(AuditAction.EXTENT_WRITE.members("unknown"));
  private static final byte[] BATCH = member(AuditKeys.BATCH);
  private static final byte[] ORIGIN_OFFSET = member(AuditKeys.ORIGIN_OFFSET);
  private static final byte[] ORIGIN_BYTES = member(AuditKeys.ORIGIN_BYTES);
  private static final byte[] STORE_OFFSET = member(AuditKeys.STORE_OFFSET);
  private static final byte[] CHUNKS_BEFORE = before(AuditKeys.CHUNKS_SHA256);
  private static final byte[] CHUNKS_AFTER = after(AuditKeys.CHUNKS_SHA256);
  private static final byte[] PIECE_BEFORE = before(AuditKeys.PIECE_SHA256);
  private static final byte[] PIECE_AFTER = after(AuditKeys.PIECE_SHA256);

  private final byte[] runMembers;
  private long second = Long.MIN_VALUE;
  private byte[] timeToSecond = {};

  AuditLineRenderer(AuditRun run) {
    this.runMembers = members(document -> run(document, run));
  }

  private static void run(DocumentWriter document, AuditRun run) {
    Operator operator = run.operator();
    document.text(AuditKeys.RUN_ID, run.id().toString());
    document.text(AuditKeys.ORIGIN_PATH, run.originPath());
    document.text(AuditKeys.STORE_PATH, run.storePath());
    document.text(AuditKeys.PLAN_SHA256, run.planSha256());
    document.text(AuditKeys.LABEL, run.label());
    document.text(AuditKeys.HOST_NAME, operator.hostName());
    document.text(AuditKeys.USER_NAME, operator.userName());
    document.text(AuditKeys.USER_ID, operator.userId());
    document.text(AuditKeys.EFFECTIVE_USER_NAME, operator.effectiveUserName());
    document.text(AuditKeys.EFFECTIVE_USER_ID, operator.effectiveUserId());
    document.number(AuditKeys.PID, operator.pid());
    document.text(AuditKeys.SERVICE_NAME, Tool.NAME);
    document.text(AuditKeys.SERVICE_VERSION, Tool.version());
    document.text(AuditKeys.ECS_VERSION, ECS_VERSION);
  }

  @Override
  public void render(AuditEvent event, Instant time, LineBuffer out) {
    time(time, out);
    if (event instanceof ExtentWrite write) {
      extentWrite(write, out);
    } else if (event instanceof BatchWritten written) {
      out.ascii(AuditAction.BATCH_WRITTEN.members("success"));
      out.bytes(members(document -> batchWritten(document, written)));
    } else if (event instanceof BatchFailed failed) {
      out.ascii(AuditAction.BATCH_FAILED.members("failure"));
      out.bytes(members(document -> batchFailed(document, failed)));
    } else if (event instanceof ExtentFailed failed) {
      out.ascii(AuditAction.EXTENT_FAILED.members("failure"));
      out.bytes(members(document -> extentFailed(document, failed)));
    } else if (event instanceof RunFinished finished) {
      boolean success =
          finished.outcome() == Outcome.APPLIED || finished.outcome() == Outcome.UNCHANGED;
      out.ascii(AuditAction.RUN_FINISHED.members(success ? "success" : "failure"));
      out.bytes(members(document -> runFinished(document, finished)));
    } else if (event instanceof RunStarted started) {
      out.ascii(AuditAction.RUN_STARTED.members("unknown"));
      AuditJob job = started.job();
      if (job != null) {
        out.bytes(members(document -> job(document, job)));
      }
    }
    out.bytes(runMembers);
  }

  private void time(Instant time, LineBuffer out) {
    if (time.getEpochSecond() != second) {
      second = time.getEpochSecond();
      String text = Instant.ofEpochSecond(second).toString();
      timeToSecond = ascii(text.replace('Z', '.'));
    }
    out.bytes(TIMESTAMP).bytes(timeToSecond);
    out.padded(time.getNano() / 1000, MICROSECOND_DIGITS).bytes(TIMESTAMP_END);
  }

  private static void extentWrite(ExtentWrite write, LineBuffer out) {
    out.bytes(EXTENT_WRITE).bytes(BATCH).number(write.batch());
    out.bytes(ORIGIN_OFFSET).number(write.originOffset());
    out.bytes(ORIGIN_BYTES).number(write.bytes());
    out.bytes(STORE_OFFSET).number(write.storeOffset());
    boolean chunks = write.digested() == Digested.CHUNKS;
    out.bytes(chunks ? CHUNKS_BEFORE : PIECE_BEFORE).hex(write.sha256Before());
    out.bytes(chunks ? CHUNKS_AFTER : PIECE_AFTER).hex(write.sha256After()).ascii('"');
  }

  private static void job(DocumentWriter document, AuditJob job) {
    JsonGenerator json = document.json();
    AuditJob.Options options = job.options();
    json.writeBooleanProperty(AuditKeys.JOB_DIRECT, options.direct());
    json.writeBooleanProperty(AuditKeys.JOB_RELAXED, options.relaxed());
    json.writeBooleanProperty(AuditKeys.JOB_VERIFY, options.verify());
    json.writeBooleanProperty(AuditKeys.JOB_RETARGET, options.retarget());
    json.writeBooleanProperty(AuditKeys.JOB_OVERWRITE_FOREIGN, options.overwriteForeign());
    document.text(AuditKeys.JOB_EXPECT, options.expect());
    document.text(AuditKeys.JOB_UNDO, options.undo());
    device(document, AuditKeys.ORIGIN_DEVICE, job.origin());
    device(document, AuditKeys.STORE_DEVICE, job.store());
    document.number(AuditKeys.CHUNK_BYTES, job.chunkBytes());
    document.number(AuditKeys.EXCEPTIONS, job.exceptions());
    document.number(AuditKeys.EXCEPTION_BYTES, job.exceptionBytes());
    document.number(AuditKeys.EXPECTED_EXCEPTIONS, job.expectedExceptions());
    document.number(AuditKeys.EXPECTED_BYTES, job.expectedBytes());
    document.text(AuditKeys.APPROVAL_SHA256, job.approvalSha256());
  }

  private static void device(DocumentWriter document, String key, AuditJob.Device device) {
    document.text(key + AuditKeys.DEVICE_TYPE, device.type());
    document.number(key + AuditKeys.DEVICE_BYTES, device.bytes());
    document.text(key + AuditKeys.DEVICE_NAME, device.name());
    document.json().writeBooleanProperty(key + AuditKeys.DEVICE_LASTING, device.lasting());
  }

  private static void batchWritten(DocumentWriter document, BatchWritten written) {
    document.number(AuditKeys.BATCH, written.batch());
    document.number(AuditKeys.EXTENTS, written.extents());
    document.number(AuditKeys.ORIGIN_BYTES, written.bytes());
  }

  private static void batchFailed(DocumentWriter document, BatchFailed failed) {
    document.number(AuditKeys.BATCH, failed.batch());
    document.text(AuditKeys.ERROR_CODE, failed.code());
    document.text(AuditKeys.ERROR_MESSAGE, failed.message());
  }

  private static void extentFailed(DocumentWriter document, ExtentFailed failed) {
    document.number(AuditKeys.ORIGIN_OFFSET, failed.originOffset());
    document.number(AuditKeys.ORIGIN_BYTES, failed.bytes());
    document.number(AuditKeys.STORE_OFFSET, failed.storeOffset());
    document.text(AuditKeys.ERROR_CODE, failed.code());
    document.text(AuditKeys.ERROR_MESSAGE, failed.message());
  }

  private static void runFinished(DocumentWriter document, RunFinished finished) {
    document.text(AuditKeys.STATUS, Documents.lowerCase(finished.outcome()));
    document.number(AuditKeys.BYTES_WRITTEN, finished.written());
    document.number(AuditKeys.BYTES_UNCHANGED, finished.unchanged());
    document.number(AuditKeys.BYTES_FAILED, finished.failed());
    document.number(AuditKeys.BYTES_PENDING, finished.pending());
    document.text(AuditKeys.ERROR_CODE, finished.problemCode());
  }

  /** Renders members, each with a comma before it. */
  private static byte[] members(Consumer<DocumentWriter> members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DocumentWriter document = new DocumentWriter(bytes)) {
      document.json().writeStartObject();
      members.accept(document);
      document.json().writeEndObject();
    }
    byte[] object = bytes.toByteArray();
    object[0] = ',';
    return Arrays.copyOf(object, object.length - 1);
  }

  private static byte[] before(String key) {
    return ascii(",\"" + key + AuditKeys.BEFORE + "\":\"");
  }

  private static byte[] after(String key) {
    return ascii("\",\"" + key + AuditKeys.AFTER + "\":\"");
  }

  private static byte[] member(String key) {
    return ascii(",\"" + key + "\":");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
