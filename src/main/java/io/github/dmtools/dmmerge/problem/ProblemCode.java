package io.github.dmtools.dmmerge.problem;

/** Every kind of failure: its stable code, its exit status, and the usual next step. */
public enum ProblemCode {
  USAGE("usage.invalid", ExitStatus.USAGE, "see dm-merge --help"),

  JOB_SYNTAX(
      "job.syntax", ExitStatus.MALFORMED, "correct the job; dm-merge schema job prints its schema"),
  JOB_SCHEMA(
      "job.schema", ExitStatus.MALFORMED, "correct the job; dm-merge schema job prints its schema"),
  JOB_OUTPUT_MISSING(
      "job.output_missing", ExitStatus.FORBIDDEN, "name the origin in the job as \"output\""),

  PATH_MISSING("path.missing", ExitStatus.NO_INPUT, "check the path"),
  PATH_WRONG_TYPE("path.wrong_type", ExitStatus.NO_INPUT, "name a block device or a regular file"),
  PATH_PERMISSION(
      "path.permission", ExitStatus.NOT_PERMITTED, "run it as root, or grant the permission"),

  DEVICE_OPEN("device.open", ExitStatus.IO, "see the kernel log for the device"),
  DEVICE_READ(
      "device.read", ExitStatus.IO, "see the kernel log; copy the device with ddrescue first"),
  DEVICE_WRITE("device.write", ExitStatus.IO, "see the kernel log; repair the device, run again"),
  DEVICE_BARRIER(
      "device.barrier",
      ExitStatus.IO,
      "writes since the previous barrier may be lost: repair the device, run again"),
  DEVICE_FLUSH(
      "device.flush",
      ExitStatus.IO,
      "run it as root; \"relaxed\": true makes this a warning, at the risk of stale caches"),
  DEVICE_BUSY("device.busy", ExitStatus.TEMPORARY, "wait until the other user is done, run again"),
  DEVICE_SAME(
      "device.same", ExitStatus.FORBIDDEN, "name the store as input and the origin as output"),
  DEVICE_MOUNTED("device.mounted", ExitStatus.FORBIDDEN, "unmount it first"),
  DEVICE_SWAP("device.swap", ExitStatus.FORBIDDEN, "swapoff it first, and check the path"),
  DEVICE_IN_USE(
      "device.in_use",
      ExitStatus.FORBIDDEN,
      "close it first: fuser -v DEVICE lists the programs that have it open"),
  DEVICE_HELD(
      "device.held", ExitStatus.FORBIDDEN, "remove the devices that are stacked on it first"),
  DEVICE_MERGING(
      "device.merging",
      ExitStatus.FORBIDDEN,
      "wait until the kernel's merge is complete, or remove the merging snapshot first"),
  DEVICE_USE_UNKNOWN(
      "device.use_unknown",
      ExitStatus.FORBIDDEN,
      "run it where all of /proc, /sys and /dev are visible, or move both files off the overlay file"
          + " system"),
  DEVICE_READ_ONLY("device.read_only", ExitStatus.FORBIDDEN, "make the origin writable first"),

  ORIGIN_FORMAT(
      "origin.format",
      ExitStatus.FORBIDDEN,
      "convert it with qemu-img convert -O raw, or attach it with qemu-nbd and name /dev/nbdN"),

  STORE_TOO_SMALL(
      "store.too_small", ExitStatus.MALFORMED, "check that the input is the snapshot's COW device"),
  STORE_NOT_A_STORE(
      "store.not_a_store",
      ExitStatus.MALFORMED,
      "check that the input is the snapshot's COW device; a transient (N) snapshot has no header"),
  STORE_THIN(
      "store.thin",
      ExitStatus.MALFORMED,
      "a thin snapshot has no COW store: use lvconvert --merge"),
  STORE_UNINITIALIZED(
      "store.uninitialized",
      ExitStatus.MALFORMED,
      "check that the input is the snapshot's COW device; a transient (N) snapshot has no header"),
  STORE_INVALID(
      "store.invalid", ExitStatus.MALFORMED, "some chunks were never saved: use a backup"),
  STORE_VERSION("store.version", ExitStatus.MALFORMED, "only version 1 is defined"),
  STORE_CHUNK_SIZE(
      "store.chunk_size", ExitStatus.MALFORMED, "the header is damaged, or the devices differ"),
  STORE_TRUNCATED(
      "store.truncated", ExitStatus.MALFORMED, "the store is cut short: use a complete copy"),
  STORE_NEW_CHUNK(
      "store.new_chunk", ExitStatus.MALFORMED, "the table is damaged: dm-merge check lists it all"),
  STORE_NEW_CHUNK_BEYOND_END(
      "store.new_chunk_beyond_end",
      ExitStatus.MALFORMED,
      "the store is cut short or damaged: use a complete copy"),
  STORE_OLD_CHUNK_BEYOND_END(
      "store.old_chunk_beyond_end",
      ExitStatus.MALFORMED,
      "the table is damaged, or the output is not the device that was snapshotted"),
  STORE_NEW_CHUNK_DUPLICATE(
      "store.new_chunk_duplicate",
      ExitStatus.MALFORMED,
      "the table is damaged: dm-merge check lists it all"),
  STORE_OLD_CHUNK_DUPLICATE(
      "store.old_chunk_duplicate",
      ExitStatus.MALFORMED,
      "the table is damaged: dm-merge check lists it all"),
  STORE_CHANGED(
      "store.changed",
      ExitStatus.TEMPORARY,
      "something writes to the store while it is read: stop it, run again"),

  PLAN_SYNTAX(
      "plan.syntax",
      ExitStatus.MALFORMED,
      "approve a plan as dm-merge plan wrote it: with its digests, whole and unchanged"),
  PLAN_WEAK_DIGEST(
      "plan.weak_digest",
      ExitStatus.FORBIDDEN,
      "a plan_sha256 does not cover the origin: expect sha256: and the plan's approval_sha256"),
  PLAN_OTHER_TARGET(
      "plan.other_target",
      ExitStatus.FORBIDDEN,
      "name the plan's devices in the job, or make a plan for these; \"retarget\": true if it was made"
          + " for copies of them"),
  PLAN_UNPROVED(
      "plan.unproved",
      ExitStatus.FORBIDDEN,
      "name the plan's file as expect, or as undo the undo file of the run that wrote the chunks"),
  PLAN_STALE(
      "plan.stale",
      ExitStatus.FORBIDDEN,
      "the devices differ from what was approved: plan and approve again"),
  PLAN_FOREIGN(
      "plan.foreign",
      ExitStatus.FORBIDDEN,
      "another program wrote to the origin after the approval: plan and approve again"),

  UNDO_CREATE(
      "undo.create",
      ExitStatus.CANNOT_CREATE,
      "name an undo file in a directory that exists, can be written and has space for it"),
  UNDO_NOT_OURS(
      "undo.not_ours", ExitStatus.FORBIDDEN, "name a new file, or the undo file of this very job"),
  UNDO_OTHER_ORIGIN(
      "undo.other_origin",
      ExitStatus.FORBIDDEN,
      "name the origin that the undo file was made for, or a new undo file"),
  UNDO_OTHER_JOB(
      "undo.other_job",
      ExitStatus.FORBIDDEN,
      "name a new undo file and keep the old one: it undoes the run that made it"),
  UNDO_FOREIGN(
      "undo.foreign",
      ExitStatus.FORBIDDEN,
      "another program wrote to the origin later: copy what is needed, then set"
          + " \"overwrite_foreign\": true"),
  UNDO_STALE(
      "undo.stale",
      ExitStatus.FORBIDDEN,
      "the origin was written to since the undo file was begun: name a new one, keep the old one"),
  UNDO_MOVED(
      "undo.moved",
      ExitStatus.IO,
      "bring the undo file back to the path that the job names, run the same job again"),
  UNDO_COMPLETE(
      "undo.complete",
      ExitStatus.FORBIDDEN,
      "the undo file belongs to a run that finished: name a new one, keep the old one"),

  AUDIT_OPEN(
      "audit.open",
      ExitStatus.CANNOT_CREATE,
      "name an audit log in a directory that exists and can be written"),
  AUDIT_WRITE("audit.write", ExitStatus.IO, "make room for the audit log, run the same job again"),
  AUDIT_MOVED(
      "audit.moved",
      ExitStatus.IO,
      "keep the log that was moved; rotate logs between runs, by renaming; run the same job again"),
  AUDIT_BUSY("audit.busy", ExitStatus.TEMPORARY, "wait until the other run is done, run again"),
  AUDIT_BROKEN(
      "audit.broken",
      ExitStatus.MALFORMED,
      "keep the log unchanged for investigation, and name a new one"),
  AUDIT_REPORT(
      "audit.report",
      ExitStatus.MALFORMED,
      "name the report of a run with an audit log, as dm-merge apply printed it"),
  AUDIT_NO_PROOF(
      "audit.no_proof",
      ExitStatus.MALFORMED,
      "name a plan that was made with an output, of a store in chunks of at most 4 MiB"),

  VERIFY_DIFFERENT(
      "verify.different",
      ExitStatus.IO,
      "the origin differs from what was written: see the kernel log, check for other writers"),

  OUTPUT_CREATE(
      "output.create",
      ExitStatus.CANNOT_CREATE,
      "name a file in a directory that exists, can be written and has space for it"),
  OUTPUT_EXISTS(
      "output.exists",
      ExitStatus.CANNOT_CREATE,
      "name another file, or give --overwrite if this one is to be replaced"),
  OUTPUT_STDOUT("output.stdout", ExitStatus.IO, "keep the reader of stdout open until the end"),

  RUN_INTERRUPTED("run.interrupted", ExitStatus.TEMPORARY, "run the same job again"),

  INTERNAL_MEMORY(
      "internal.memory", ExitStatus.BUG, "give Java more memory with JAVA_TOOL_OPTIONS=-Xmx2g"),
  INTERNAL_BUG("internal.bug", ExitStatus.BUG, "report it with the stack trace on stderr");

  private final String code;
  private final ExitStatus exitStatus;
  private final String hint;

  ProblemCode(String code, ExitStatus exitStatus, String hint) {
    this.code = code;
    this.exitStatus = exitStatus;
    this.hint = hint;
  }

  /** The dotted code in documents. */
  public String code() {
    return code;
  }

  /** The exit status of a run that this problem stopped. */
  public ExitStatus exitStatus() {
    return exitStatus;
  }

  /** The usual next step. */
  String hint() {
    return hint;
  }
}
