package io.github.dmtools.dmmerge.problem;

/** Exit statuses: 0, 2 for differences, and those of BSD's sysexits.h. */
public enum ExitStatus {
  /** Done, or nothing to do. */
  OK(0),
  /** The origin differs from the store, or a log does not prove a plan. */
  DIFFERENT(2),
  /** EX_USAGE: the command line is wrong. */
  USAGE(64),
  /** EX_DATAERR: the store or a document is malformed. */
  MALFORMED(65),
  /** EX_NOINPUT: a path does not exist or is not what it should be. */
  NO_INPUT(66),
  /** EX_SOFTWARE: a bug in dm-merge. */
  BUG(70),
  /** EX_CANTCREAT: an output file cannot be created. */
  CANNOT_CREATE(73),
  /** EX_IOERR: an I/O error. */
  IO(74),
  /** EX_TEMPFAIL: busy or interrupted; run again. */
  TEMPORARY(75),
  /** EX_NOPERM: the operator lacks a permission. */
  NOT_PERMITTED(77),
  /** EX_CONFIG: the job, the approved plan or a guard forbids it. */
  FORBIDDEN(78);

  private final int status;

  ExitStatus(int status) {
    this.status = status;
  }

  /** The number that the process ends with. */
  public int status() {
    return status;
  }
}
