package io.github.dmtools.dmmerge.proof;

import io.github.dmtools.dmmerge.approval.Target;
import io.github.dmtools.dmmerge.audit.AuditEvent.BatchFailed;
import io.github.dmtools.dmmerge.audit.AuditEvent.BatchWritten;
import io.github.dmtools.dmmerge.audit.AuditEvent.Digested;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentFailed;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentWrite;
import io.github.dmtools.dmmerge.audit.AuditEvent.Outcome;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunFinished;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunStarted;
import io.github.dmtools.dmmerge.audit.AuditJob;
import io.github.dmtools.dmmerge.audit.AuditLine;
import io.github.dmtools.dmmerge.audit.AuditRun;
import io.github.dmtools.dmmerge.audit.LineSink;
import io.github.dmtools.dmmerge.copy.Extent;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log and marks the chunks of a band that were written as planned.
 *
 * <p>A run counts if it has the origin and store of the plan, or the plan's approval; if it started
 * after the plan was created; and if it has no other plan digest or chunk size. Runs do not overlap
 * in a log.
 *
 * <p>A chunk is proved by two digests. An extent had the planned digest of the origin ({@code
 * before}). The same or a later extent had the planned digest of the store ({@code after}) and is
 * durable: its batch was written, and no failure covers the chunk. A chunk that a killed run wrote
 * in part is therefore proved by the {@code before} of that run and the {@code after} of the next
 * one. A chunk that a killed run wrote completely is not written again. It is proved when a later
 * run over the whole store finishes as applied or unchanged, since that run compared the chunk, and
 * a barrier followed.
 */
final class ProofEvidence implements LineSink {
  /** An extent had the planned digest of the origin. */
  private static final int BEFORE = 1;

  /** The last extent had the planned digest of the store. */
  private static final int AFTER = 1 << 1;

  /** The same, in the current batch. */
  private static final int OPEN = 1 << 2;

  private static final int PROVED = 1 << 3;
  private static final int OTHER_BEFORE = 1 << 4;
  private static final int OTHER_AFTER = 1 << 5;
  private static final int UNKNOWN = 1 << 6;

  private final ProofPlan plan;
  private final ProofBand band;
  private final int[] slots;
  private @Nullable UUID run;
  private long runs;
  private long batch;
  private int firstOpen = Integer.MAX_VALUE;
  private int lastOpen = -1;

  ProofEvidence(ProofPlan plan, ProofBand band) {
    this.plan = plan;
    this.band = band;
    this.slots = new int[(int) (Extent.MAX_BYTES / plan.chunkBytes()) + 1];
  }

  @Override
  public void accept(AuditLine line) {
    if (line.event() instanceof RunStarted started) {
      closeBatch(false);
      run = isOfThePlan(line, started.job()) ? line.run().id() : null;
      runs += run == null ? 0 : 1;
      return;
    }
    if (!line.run().id().equals(run)) {
      return;
    }
    if (line.event() instanceof ExtentWrite write) {
      if (write.batch() != batch) {
        closeBatch(false);
        batch = write.batch();
      }
      extent(write);
    } else if (line.event() instanceof ExtentFailed failed) {
      change(failed.originOffset(), failed.bytes(), ~(AFTER | OPEN), 0);
    } else if (line.event() instanceof BatchWritten written) {
      closeBatch(written.batch() == batch);
    } else if (line.event() instanceof BatchFailed) {
      closeBatch(false);
    } else if (line.event() instanceof RunFinished finished) {
      finish(finished);
    }
  }

  /** A run on other devices counts if it had the approval of this plan. */
  private boolean isOfThePlan(AuditLine line, @Nullable AuditJob job) {
    AuditRun logged = line.run();
    boolean approved =
        job != null
            && job.approvalSha256() != null
            && job.approvalSha256().equals(plan.approvalSha256());
    boolean sameDevices =
        logged.originPath().equals(plan.origin().path())
            && logged.storePath().equals(plan.store().path())
            && (job == null
                || (isNamed(plan.origin(), job.origin()) && isNamed(plan.store(), job.store())));
    return (approved || sameDevices)
        && !line.time().isBefore(plan.createdAt())
        && (logged.planSha256() == null || logged.planSha256().equals(plan.planSha256()))
        && (job == null || job.chunkBytes() == plan.chunkBytes());
  }

  private static boolean isNamed(Target planned, AuditJob.Device device) {
    return planned.lastingName() == null
        || !device.lasting()
        || planned.lastingName().equals(device.name());
  }

  private void extent(ExtentWrite write) {
    int count = slotsOf(write);
    boolean comparable =
        count > 0
            && (write.digested() == Digested.CHUNKS
                || (write.digested() == Digested.BYTES && count == 1));
    if (!comparable) {
      boolean unknown = write.digested() == Digested.BYTES;
      change(
          write.originOffset(),
          write.bytes(),
          ~(AFTER | OPEN | OTHER_AFTER),
          unknown ? UNKNOWN : OTHER_AFTER);
      return;
    }
    boolean before;
    boolean after;
    if (write.digested() == Digested.BYTES) {
      before = band.isBefore(slots[0], write.sha256Before());
      after = band.isAfter(slots[0], write.sha256After());
    } else {
      before = Arrays.equals(band.before(slots, count), write.sha256Before());
      after = Arrays.equals(band.after(slots, count), write.sha256After());
    }
    int set = (before ? BEFORE : OTHER_BEFORE) | (after ? AFTER | OPEN : OTHER_AFTER);
    for (int i = 0; i < count; i++) {
      int slot = slots[i];
      band.setState(slot, (band.state(slot) & ~(AFTER | OPEN | OTHER_AFTER | UNKNOWN)) | set);
      if (after) {
        firstOpen = Math.min(firstOpen, slot);
        lastOpen = Math.max(lastOpen, slot);
      }
    }
  }

  /** Finds the slots of an extent's chunks. Returns 0 if one of the chunks is not in the band. */
  private int slotsOf(ExtentWrite write) {
    long first = write.originOffset() / plan.chunkBytes();
    long count = chunks(write.originOffset(), write.bytes());
    if (write.originOffset() % plan.chunkBytes() != 0 || count > slots.length) {
      return 0;
    }
    for (int i = 0; i < count; i++) {
      slots[i] = band.find(first + i);
      if (slots[i] < 0) {
        return 0;
      }
    }
    return (int) count;
  }

  private long chunks(long originOffset, long bytes) {
    long end = originOffset + bytes;
    return bytes <= 0 || end < 0
        ? 0
        : (end - 1) / plan.chunkBytes() - originOffset / plan.chunkBytes() + 1;
  }

  /** Changes the state of every chunk that overlaps a range. */
  private void change(long originOffset, long bytes, int kept, int added) {
    long first = originOffset / plan.chunkBytes();
    long count = chunks(originOffset, bytes);
    if (count > band.size()) {
      for (int slot = 0; slot < band.size(); slot++) {
        if (band.oldChunk(slot) >= first && band.oldChunk(slot) - first < count) {
          band.setState(slot, (band.state(slot) & kept) | added);
        }
      }
      return;
    }
    for (long i = 0; i < count; i++) {
      int slot = band.find(first + i);
      if (slot >= 0) {
        band.setState(slot, (band.state(slot) & kept) | added);
      }
    }
  }

  private void closeBatch(boolean durable) {
    for (int slot = firstOpen; slot <= lastOpen; slot++) {
      int state = band.state(slot);
      boolean proved = durable && (state & OPEN) != 0 && (state & BEFORE) != 0;
      band.setState(slot, (state & ~OPEN) | (proved ? PROVED : 0));
    }
    firstOpen = Integer.MAX_VALUE;
    lastOpen = -1;
    batch = 0;
  }

  private void finish(RunFinished finished) {
    closeBatch(false);
    boolean whole =
        (finished.outcome() == Outcome.APPLIED || finished.outcome() == Outcome.UNCHANGED)
            && finished.written() + finished.unchanged() == plan.bytes();
    for (int slot = 0; whole && slot < band.size(); slot++) {
      int state = band.state(slot);
      if ((state & AFTER) != 0 && (state & BEFORE) != 0) {
        band.setState(slot, state | PROVED);
      }
    }
  }

  /** Number of runs that counted. */
  long runs() {
    return runs;
  }

  /** The current verdict on a chunk. */
  AuditProof.Verdict verdict(int slot) {
    int state = band.state(slot);
    if ((state & PROVED) != 0) {
      return AuditProof.Verdict.PROVED;
    }
    if ((state & OTHER_AFTER) != 0) {
      return AuditProof.Verdict.AFTER_DIFFERS;
    }
    if ((state & UNKNOWN) != 0) {
      return AuditProof.Verdict.NO_CHUNK_DIGESTS;
    }
    if ((state & BEFORE) != 0) {
      return AuditProof.Verdict.NOT_DURABLE;
    }
    return (state & OTHER_BEFORE) != 0
        ? AuditProof.Verdict.BEFORE_DIFFERS
        : AuditProof.Verdict.MISSING;
  }
}
