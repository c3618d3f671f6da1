package io.github.dmtools.dmmerge.json;

/**
 * The members of an audit event. Those without {@code dm_merge.} are of the Elastic Common Schema,
 * and mean what they mean there.
 */
final class AuditKeys {
  static final String TIMESTAMP = "@timestamp";
  static final String ACTION = "event.action";
  static final String BATCH = "dm_merge.batch";
  static final String EXTENTS = "dm_merge.extents";
  static final String ORIGIN_OFFSET = "dm_merge.origin.offset";
  static final String ORIGIN_BYTES = "dm_merge.origin.bytes";
  static final String STORE_OFFSET = "dm_merge.store.offset";
  static final String SHA256_BEFORE = "dm_merge.sha256.before";
  static final String SHA256_AFTER = "dm_merge.sha256.after";
  static final String STATUS = "dm_merge.status";
  static final String BYTES_WRITTEN = "dm_merge.bytes.written";
  static final String BYTES_UNCHANGED = "dm_merge.bytes.unchanged";
  static final String BYTES_FAILED = "dm_merge.bytes.failed";
  static final String BYTES_PENDING = "dm_merge.bytes.pending";
  static final String ERROR_CODE = "error.code";
  static final String ERROR_MESSAGE = "error.message";

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
