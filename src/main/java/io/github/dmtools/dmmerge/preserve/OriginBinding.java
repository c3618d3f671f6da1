package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.PersistentId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What ties an undo store to its origin: the size, and a name that lasts or that is good for one
 * boot.
 *
 * @param bytes size of the origin
 * @param boot id of this boot; null if it is not known
 */
record OriginBinding(long bytes, PersistentId name, @Nullable UUID boot) {
  /**
   * @param origin as {@code devices} opened it
   */
  static OriginBinding of(Devices devices, BlockDevice origin) {
    return new OriginBinding(origin.sizeBytes(), devices.nameOf(origin), devices.bootId());
  }

  /** The header of an undo store that {@code run} makes for this origin. */
  UndoHeader header(UndoRun run) {
    return UndoHeader.of(bytes, name.text(), name.lasting(), run);
  }

  /**
   * Whether the undo store was made for another origin. Names prove that where both last, and
   * within one boot. After a reboot a name that does not last proves nothing.
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
