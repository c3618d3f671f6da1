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
 * Follows a log and marks the chunks of a band that it shows to have been written as the plan says.
 *
 * <p>A run counts if its origin and its store are the plan's, or if the plan was approved for it;
 * if it began after the plan was made, and if it names no other plan and no other chunk size. Runs
 * do not overlap in a log.
 *
 * <p>A chunk is proved by two things. A run was going to write it while it held what the plan saw
 * ({@code before}), and then, by the same extent or a later one, it got what the plan names ({@code
 * after}), durably: the batch of that extent was written and no failure names the chunk. So a chunk
 * that a killed run wrote in part is proved by the killed run's {@code before} and the next run's
 * {@code after}. A chunk that a killed run wrote whole is found equal by the next one and is not
 * written again: it is proved when a later run over the whole store finishes as applied or
 * unchanged, since that run compared the chunk and had a barrier after that.
 */
final class ProofEvidence implements LineSink {
  /** It held what the plan saw. */
  private static final int BEFORE = 1;

  /** The last extent over it had what the plan names. */
  private static final int AFTER = 1 << 1;

  /** As above, in the batch that is not over yet. */
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

  /** A run on other devices counts if it did what was approved of this plan. */
  private boolean isOfThePlan(AuditLine line, @Nullable AuditJob job) {
    AuditRun said = line.run();
    boolean approved =
        job != null
            && job.approvalSha256() != null
            && job.approvalSha256().equals(plan.approvalSha256());
    boolean sameDevices =
        said.originPath().equals(plan.origin().path())
            && said.storePath().equals(plan.store().path())
            && (job == null
                || (isNamed(plan.origin(), job.origin()) && isNamed(plan.store(), job.store())));
    return (approved || sameDevices)
        && !line.time().isBefore(plan.createdAt())
        && (said.planSha256() == null || said.planSha256().equals(plan.planSha256()))
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

  /** Finds the slots of an extent's chunks. Returns 0 if one of them is none that was pending. */
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

  /** Changes the state of every chunk that a range touches. */
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

  /** Runs that counted so far. */
  long runs() {
    return runs;
  }

  /** What is known of a chunk by now. */
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
