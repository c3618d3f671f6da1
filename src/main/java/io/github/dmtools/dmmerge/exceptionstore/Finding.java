package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.problem.Warning;

/**
 * One rule that a store breaks.
 *
 * @param code dotted, stable
 * @param offset byte offset in the store
 */
public record Finding(String code, Severity severity, String message, long offset) {
  /** What a finding means for the store. */
  public enum Severity {
    /** The store is refused. */
    ERROR,
    /** Worth knowing. */
    WARNING
  }

  Warning asWarning(String path) {
    return new Warning(code, message, path);
  }
}
