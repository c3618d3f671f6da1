package io.github.dmtools.dmmerge.audit;

/** Takes the intact lines of a log in order. */
@FunctionalInterface
public interface LineSink {
  /** Ignores the lines. */
  LineSink NONE = line -> {};

  void accept(AuditLine line);
}
