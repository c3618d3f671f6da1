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
import java.util.Locale;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * Renders the lines of one run. Jackson renders what is the same on all of them once; the extents,
 * of which there may be hundreds of thousands, have nothing but numbers and digests of their own.
 */
final class AuditLineRenderer implements AuditCodec.Renderer {
  /** The version of the Elastic Common Schema that the field names are of. */
  static final String ECS_VERSION = "8.17.0";

  private static final byte[] TIMESTAMP = ascii(",\"" + AuditKeys.TIMESTAMP + "\":\"");
  private static final byte[] TIMESTAMP_END = ascii("Z\"");
  private static final int MICROSECOND_DIGITS = 6;

  private static final byte[] RUN_STARTED = ascii(AuditAction.RUN_STARTED.members("unknown"));
  private static final byte[] EXTENT_WRITE = ascii(AuditAction.EXTENT_WRITE.members("unknown"));
  private static final byte[] BATCH_WRITTEN = ascii(AuditAction.BATCH_WRITTEN.members("success"));
  private static final byte[] BATCH_FAILED = ascii(AuditAction.BATCH_FAILED.members("failure"));
  private static final byte[] EXTENT_FAILED = ascii(AuditAction.EXTENT_FAILED.members("failure"));
  private static final byte[] RUN_SUCCEEDED = ascii(AuditAction.RUN_FINISHED.members("success"));
  private static final byte[] RUN_FAILED = ascii(AuditAction.RUN_FINISHED.members("failure"));

  private static final byte[] BATCH = member(AuditKeys.BATCH);
  private static final byte[] EXTENTS = member(AuditKeys.EXTENTS);
  private static final byte[] ORIGIN_OFFSET = member(AuditKeys.ORIGIN_OFFSET);
  private static final byte[] ORIGIN_BYTES = member(AuditKeys.ORIGIN_BYTES);
  private static final byte[] STORE_OFFSET = member(AuditKeys.STORE_OFFSET);
  private static final byte[] CHUNKS_BEFORE = before(AuditKeys.CHUNKS_SHA256);
  private static final byte[] CHUNKS_AFTER = after(AuditKeys.CHUNKS_SHA256);
  private static final byte[] PIECE_BEFORE = before(AuditKeys.PIECE_SHA256);
  private static final byte[] PIECE_AFTER = after(AuditKeys.PIECE_SHA256);
  private static final byte[] BYTES_WRITTEN = member(AuditKeys.BYTES_WRITTEN);
  private static final byte[] BYTES_UNCHANGED = member(AuditKeys.BYTES_UNCHANGED);
  private static final byte[] BYTES_FAILED = member(AuditKeys.BYTES_FAILED);
  private static final byte[] BYTES_PENDING = member(AuditKeys.BYTES_PENDING);

  private final byte[] ofTheRun;
  private long second = Long.MIN_VALUE;
  private byte[] upToTheSecond = {};

  AuditLineRenderer(AuditRun run) {
    this.ofTheRun = members(document -> run(document, run));
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
      out.bytes(BATCH_WRITTEN).bytes(BATCH).number(written.batch());
      out.bytes(EXTENTS).number(written.extents());
      out.bytes(ORIGIN_BYTES).number(written.bytes());
    } else if (event instanceof BatchFailed failed) {
      out.bytes(BATCH_FAILED).bytes(BATCH).number(failed.batch());
      out.bytes(error(failed.code(), failed.message()));
    } else if (event instanceof ExtentFailed failed) {
      extentFailed(failed, out);
    } else if (event instanceof RunFinished finished) {
      runFinished(finished, out);
    } else if (event instanceof RunStarted started) {
      runStarted(started, out);
    }
    out.bytes(ofTheRun);
  }

  private void time(Instant time, LineBuffer out) {
    if (time.getEpochSecond() != second) {
      second = time.getEpochSecond();
      String text = Instant.ofEpochSecond(second).toString();
      upToTheSecond = ascii(text.replace('Z', '.'));
    }
    out.bytes(TIMESTAMP).bytes(upToTheSecond);
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

  private static void runStarted(RunStarted started, LineBuffer out) {
    out.bytes(RUN_STARTED);
    AuditJob job = started.job();
    if (job != null) {
      out.bytes(members(document -> job(document, job)));
    }
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

  private static void extentFailed(ExtentFailed failed, LineBuffer out) {
    out.bytes(EXTENT_FAILED).bytes(ORIGIN_OFFSET).number(failed.originOffset());
    out.bytes(ORIGIN_BYTES).number(failed.bytes());
    out.bytes(STORE_OFFSET).number(failed.storeOffset());
    out.bytes(error(failed.code(), failed.message()));
  }

  private static byte[] error(String code, String message) {
    return members(
        document -> {
          document.text(AuditKeys.ERROR_CODE, code);
          document.text(AuditKeys.ERROR_MESSAGE, message);
        });
  }

  private static void runFinished(RunFinished finished, LineBuffer out) {
    Outcome outcome = finished.outcome();
    boolean success = outcome == Outcome.APPLIED || outcome == Outcome.UNCHANGED;
    out.bytes(success ? RUN_SUCCEEDED : RUN_FAILED);
    String status = outcome.name().toLowerCase(Locale.ROOT);
    out.bytes(members(document -> document.text(AuditKeys.STATUS, status)));
    out.bytes(BYTES_WRITTEN).number(finished.written());
    out.bytes(BYTES_UNCHANGED).number(finished.unchanged());
    out.bytes(BYTES_FAILED).number(finished.failed());
    out.bytes(BYTES_PENDING).number(finished.pending());
    out.bytes(members(document -> document.text(AuditKeys.ERROR_CODE, finished.problemCode())));
  }

  /** Members as Jackson renders them, each with its comma before it. */
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
