package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.PersistentId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Binds an undo store to its origin by the origin's size and by a name that is persistent or valid
 * until reboot.
 *
 * @param bytes size of the origin in bytes
 * @param boot id of this boot; null if unknown
 */
record OriginBinding(long bytes, PersistentId name, @Nullable UUID boot) {
  /**
   * @param origin as {@code devices} opened it
   */
  static OriginBinding of(Devices devices, BlockDevice origin) {
    return new OriginBinding(origin.sizeBytes(), devices.nameOf(origin), devices.bootId());
  }

  /** The header of a new undo store for this origin. */
  UndoHeader header(UndoRun run) {
    return UndoHeader.of(bytes, name.text(), name.lasting(), run);
  }

  /**
   * True if the undo store was made for another origin. Different names prove that if both are
   * persistent, or within one boot. After a reboot a name that is not persistent proves nothing.
   */
  boolean contradicts(UndoHeader found) {
    UndoRun run = found.run();
    if (found.originBytes() != bytes) {
      return true;
    }
    if (run == null) {
      return found.nameLasting()
          && name.formerLasting()
          && !found.nameSha256().equals(UndoHeader.digestOf(name.formerText()));
    }
    boolean sameBoot = boot != null && boot.equals(run.boot());
    boolean bothLast = found.nameLasting() && name.lasting();
    return (bothLast || sameBoot) && !found.nameSha256().equals(UndoHeader.digestOf(name.text()));
  }
}
