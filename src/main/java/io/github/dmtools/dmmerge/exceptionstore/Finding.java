package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.problem.Warning;

/**
 * A violation of a rule of the format.
 *
 * @param code dotted, stable
 * @param offset byte offset in the store
 */
public record Finding(String code, Severity severity, String message, long offset) {
  /** The severity of a finding. */
  public enum Severity {
    /** The store is refused. */
    ERROR,
    /** The store is accepted. */
    WARNING
  }

  Warning asWarning(String path) {
    return new Warning(code, message, path);
  }
}
