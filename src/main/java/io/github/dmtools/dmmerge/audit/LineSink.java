package io.github.dmtools.dmmerge.audit;

/** Takes the lines of a log that are whole and in their place, in their order. */
@FunctionalInterface
public interface LineSink {
  /** Takes none. */
  LineSink NONE = line -> {};

  /** Takes the next line. */
  void accept(AuditLine line);
}
