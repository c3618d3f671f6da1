package io.github.dmtools.dmmerge.json;

/**
 * The member names of audit events. Names without {@code dm_merge.} are those of the Elastic Common
 * Schema.
 */
final class AuditKeys {
  static final String TIMESTAMP = "@timestamp";
  static final String ACTION = "event.action";
  static final String BATCH = "dm_merge.batch";
  static final String EXTENTS = "dm_merge.extents";
  static final String ORIGIN_OFFSET = "dm_merge.origin.offset";
  static final String ORIGIN_BYTES = "dm_merge.origin.bytes";
  static final String STORE_OFFSET = "dm_merge.store.offset";
  static final String CHUNKS_SHA256 = "dm_merge.chunks_sha256";
  static final String PIECE_SHA256 = "dm_merge.piece_sha256";

  /** Written by earlier versions only. */
  static final String BYTES_SHA256 = "dm_merge.sha256";

  /** Suffixes of the two digests of an extent. */
  static final String BEFORE = ".before";

  static final String AFTER = ".after";
  static final String STATUS = "dm_merge.status";
  static final String BYTES_WRITTEN = "dm_merge.bytes.written";
  static final String BYTES_UNCHANGED = "dm_merge.bytes.unchanged";
  static final String BYTES_FAILED = "dm_merge.bytes.failed";
  static final String BYTES_PENDING = "dm_merge.bytes.pending";
  static final String ERROR_CODE = "error.code";
  static final String ERROR_MESSAGE = "error.message";

  static final String JOB_DIRECT = "dm_merge.job.direct";
  static final String JOB_RELAXED = "dm_merge.job.relaxed";
  static final String JOB_VERIFY = "dm_merge.job.verify";
  static final String JOB_RETARGET = "dm_merge.job.retarget";
  static final String JOB_OVERWRITE_FOREIGN = "dm_merge.job.overwrite_foreign";
  static final String JOB_EXPECT = "dm_merge.job.expect";
  static final String JOB_UNDO = "dm_merge.job.undo";
  static final String ORIGIN_DEVICE = "dm_merge.origin.device";
  static final String STORE_DEVICE = "dm_merge.store.device";

  /** Suffixes of the members of a device. */
  static final String DEVICE_TYPE = ".type";

  static final String DEVICE_BYTES = ".bytes";
  static final String DEVICE_NAME = ".name";
  static final String DEVICE_LASTING = ".lasting";

  static final String CHUNK_BYTES = "dm_merge.store.chunk_bytes";
  static final String EXCEPTIONS = "dm_merge.store.exceptions";
  static final String EXCEPTION_BYTES = "dm_merge.store.exception_bytes";
  static final String EXPECTED_EXCEPTIONS = "dm_merge.expected.exceptions";
  static final String EXPECTED_BYTES = "dm_merge.expected.bytes";
  static final String APPROVAL_SHA256 = "dm_merge.approval_sha256";

  static final String RUN_ID = "dm_merge.run_id";
  static final String ORIGIN_PATH = "dm_merge.origin.path";
  static final String STORE_PATH = "dm_merge.store.path";
  static final String PLAN_SHA256 = "dm_merge.plan_sha256";
  static final String LABEL = "dm_merge.label";
  static final String HOST_NAME = "host.name";
  static final String USER_NAME = "user.name";
  static final String USER_ID = "user.id";
  static final String EFFECTIVE_USER_NAME = "user.effective.name";
  static final String EFFECTIVE_USER_ID = "user.effective.id";
  static final String PID = "process.pid";
  static final String SERVICE_NAME = "service.name";
  static final String SERVICE_VERSION = "service.version";
  static final String ECS_VERSION = "ecs.version";

  private AuditKeys() {}
}
