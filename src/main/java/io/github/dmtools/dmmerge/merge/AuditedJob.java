package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.audit.AuditJob;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceType;
import io.github.dmtools.dmmerge.device.PersistentId;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.job.Job;

/** Describes a job and its devices for the audit log. */
final class AuditedJob {
  private AuditedJob() {}

  /**
   * @param origin opened for writing
   */
  static AuditJob of(JobSession session, ExceptionStore store, BlockDevice origin, RunPlan plan) {
    Job job = session.run().job();
    return new AuditJob(
        new AuditJob.Options(
            job.direct(),
            job.relaxed(),
            job.verify(),
            job.retarget(),
            job.overwriteForeign(),
            job.expect(),
            job.undo()),
        device(origin, session.origin().id()),
        device(store.device(), session.input().id()),
        store.chunkSize().bytes(),
        store.exceptions(),
        store.bytes(),
        plan.pending(),
        plan.pendingBytes(),
        plan.approvalSha256());
  }

  private static AuditJob.Device device(BlockDevice device, PersistentId id) {
    String type = device.type() == DeviceType.BLOCK ? "block" : "file";
    return new AuditJob.Device(type, device.sizeBytes(), id.text(), id.lasting());
  }
}
