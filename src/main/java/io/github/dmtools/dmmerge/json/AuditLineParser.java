package io.github.dmtools.dmmerge.json;

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
import io.github.dmtools.dmmerge.audit.AuditLine;
import io.github.dmtools.dmmerge.audit.AuditRun;
import io.github.dmtools.dmmerge.audit.Operator;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Parses one line. Unknown members are ignored, since a later version may write them. A missing
 * member, or one of another type, is an unchecked exception of Jackson or Java.
 */
final class AuditLineParser {
  private static final int SHA256_BYTES = 32;

  private final JsonNode line;

  AuditLineParser(JsonNode line) {
    this.line = line;
  }

  AuditLine line() {
    return new AuditLine(Instant.parse(text(AuditKeys.TIMESTAMP)), run(), event());
  }

  private AuditRun run() {
    return new AuditRun(
        UUID.fromString(text(AuditKeys.RUN_ID)),
        text(AuditKeys.ORIGIN_PATH),
        text(AuditKeys.STORE_PATH),
        optionalText(AuditKeys.PLAN_SHA256),
        optionalText(AuditKeys.LABEL),
        new Operator(
            text(AuditKeys.HOST_NAME),
            text(AuditKeys.USER_NAME),
            text(AuditKeys.USER_ID),
            text(AuditKeys.EFFECTIVE_USER_NAME),
            text(AuditKeys.EFFECTIVE_USER_ID),
            number(AuditKeys.PID)));
  }

  private AuditEvent event() {
    return switch (AuditAction.of(text(AuditKeys.ACTION))) {
      case RUN_STARTED -> new RunStarted(line.has(AuditKeys.JOB_DIRECT) ? job() : null);
      case EXTENT_WRITE -> extentWrite();
      case BATCH_WRITTEN ->
          new BatchWritten(
              number(AuditKeys.BATCH), number(AuditKeys.EXTENTS), number(AuditKeys.ORIGIN_BYTES));
      case BATCH_FAILED ->
          new BatchFailed(
              number(AuditKeys.BATCH), text(AuditKeys.ERROR_CODE), text(AuditKeys.ERROR_MESSAGE));
      case EXTENT_FAILED ->
          new ExtentFailed(
              number(AuditKeys.ORIGIN_OFFSET),
              number(AuditKeys.STORE_OFFSET),
              number(AuditKeys.ORIGIN_BYTES),
              text(AuditKeys.ERROR_CODE),
              text(AuditKeys.ERROR_MESSAGE));
      case RUN_FINISHED ->
          new RunFinished(
              Outcome.valueOf(text(AuditKeys.STATUS).toUpperCase(Locale.ROOT)),
              number(AuditKeys.BYTES_WRITTEN),
              number(AuditKeys.BYTES_UNCHANGED),
              number(AuditKeys.BYTES_FAILED),
              number(AuditKeys.BYTES_PENDING),
              optionalText(AuditKeys.ERROR_CODE));
    };
  }

  private AuditJob job() {
    return new AuditJob(
        new AuditJob.Options(
            flag(AuditKeys.JOB_DIRECT),
            flag(AuditKeys.JOB_RELAXED),
            flag(AuditKeys.JOB_VERIFY),
            flag(AuditKeys.JOB_RETARGET),
            flag(AuditKeys.JOB_OVERWRITE_FOREIGN),
            optionalText(AuditKeys.JOB_EXPECT),
            optionalText(AuditKeys.JOB_UNDO)),
        device(AuditKeys.ORIGIN_DEVICE),
        device(AuditKeys.STORE_DEVICE),
        number(AuditKeys.CHUNK_BYTES),
        number(AuditKeys.EXCEPTIONS),
        number(AuditKeys.EXCEPTION_BYTES),
        optionalNumber(AuditKeys.EXPECTED_EXCEPTIONS),
        optionalNumber(AuditKeys.EXPECTED_BYTES),
        optionalText(AuditKeys.APPROVAL_SHA256));
  }

  private AuditJob.Device device(String key) {
    return new AuditJob.Device(
        text(key + AuditKeys.DEVICE_TYPE),
        number(key + AuditKeys.DEVICE_BYTES),
        text(key + AuditKeys.DEVICE_NAME),
        flag(key + AuditKeys.DEVICE_LASTING));
  }

  private ExtentWrite extentWrite() {
    Digested digested = Digested.CHUNKS;
    String key = AuditKeys.CHUNKS_SHA256;
    if (line.has(AuditKeys.PIECE_SHA256 + AuditKeys.AFTER)) {
      digested = Digested.PIECE;
      key = AuditKeys.PIECE_SHA256;
    } else if (line.has(AuditKeys.BYTES_SHA256 + AuditKeys.AFTER)) {
      digested = Digested.BYTES;
      key = AuditKeys.BYTES_SHA256;
    }
    return new ExtentWrite(
        number(AuditKeys.BATCH),
        number(AuditKeys.ORIGIN_OFFSET),
        number(AuditKeys.STORE_OFFSET),
        number(AuditKeys.ORIGIN_BYTES),
        digested,
        digest(key + AuditKeys.BEFORE),
        digest(key + AuditKeys.AFTER));
  }

  private boolean flag(String key) {
    return line.required(key).booleanValue();
  }

  private @Nullable Long optionalNumber(String key) {
    return line.required(key).isNull() ? null : number(key);
  }

  private String text(String key) {
    return line.required(key).stringValue();
  }

  private @Nullable String optionalText(String key) {
    return line.required(key).isNull() ? null : text(key);
  }

  private long number(String key) {
    long value = line.required(key).longValue();
    if (value < 0) {
      throw new IllegalArgumentException(key + " is negative");
    }
    return value;
  }

  private byte[] digest(String key) {
    byte[] digest = HexFormat.of().parseHex(text(key));
    if (digest.length != SHA256_BYTES) {
      throw new IllegalArgumentException(key + " is not a SHA-256");
    }
    return digest;
  }
}
