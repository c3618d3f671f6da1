package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.audit.AuditJob;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceType;
import io.github.dmtools.dmmerge.device.PersistentId;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.job.Job;

/** What the audit log says of a job and its devices. */
final class AuditedJob {
  private AuditedJob() {}

  /**
   * Gathers it.
   *
   * @param origin opened for writing
   */
  static AuditJob of(
      Job job, JobSession opened, ExceptionStore store, BlockDevice origin, RunPlan plan) {
    return new AuditJob(
        new AuditJob.Options(
            job.direct(),
            job.relaxed(),
            job.verify(),
            job.retarget(),
            job.overwriteForeign(),
            job.expect(),
            job.undo()),
        device(origin, opened.outputName()),
        device(store.device(), opened.inputName()),
        store.chunkSize().bytes(),
        store.exceptions(),
        store.bytes(),
        plan.pending(),
        plan.pendingBytes(),
        plan.approvalSha256());
  }

  private static AuditJob.Device device(BlockDevice device, PersistentId name) {
    String type = device.type() == DeviceType.BLOCK ? "block" : "file";
    return new AuditJob.Device(type, device.sizeBytes(), name.text(), name.lasting());
  }
}
