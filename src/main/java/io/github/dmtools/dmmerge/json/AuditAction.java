package io.github.dmtools.dmmerge.json;

import java.util.Arrays;

/** The actions of audit events, with their category and type in the Elastic Common Schema. */
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

  /** Returns the action that {@code event.action} names. */
  static AuditAction of(String action) {
    return Arrays.stream(values())
        .filter(known -> known.action.equals(action))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown action " + action));
  }

  /** Renders the members that all events of this action share. */
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
