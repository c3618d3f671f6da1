package io.github.dmtools.dmmerge.json;

import java.util.Arrays;

/**
 * What an audit event is about, and how the Elastic Common Schema files it: {@code event.category}
 * and the types that it allows there.
 */
enum AuditAction {
  RUN_STARTED("run-started", "process", "start"),
  EXTENT_WRITE("extent-write", "file", "change"),
  BATCH_WRITTEN("batch-written", "file", "change"),
  BATCH_FAILED("batch-failed", "file", "change"),
  EXTENT_FAILED("extent-failed", "file", "change"),
  RUN_FINISHED("run-finished", "process", "end");

  private final String action;
  private final String category;
  private final String type;

  AuditAction(String action, String category, String type) {
    this.action = action;
    this.category = category;
    this.type = type;
  }

  /** The action of a line's {@code event.action}. */
  static AuditAction of(String action) {
    return Arrays.stream(values())
        .filter(known -> known.action.equals(action))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no action " + action));
  }

  /** The members that are the same for every such event. */
  String members(String outcome) {
    return ",\"event.kind\":\"event\",\"event.category\":[\""
        + category
        + "\"],\"event.type\":[\""
        + type
        + "\"],\""
        + AuditKeys.ACTION
        + "\":\""
        + action
        + "\",\"event.outcome\":\""
        + outcome
        + "\"";
  }
}
