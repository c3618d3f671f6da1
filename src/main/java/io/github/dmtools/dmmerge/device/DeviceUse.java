package io.github.dmtools.dmmerge.device;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who uses a device, read from the system before anything is written.
 *
 * @param known false where the system does not tell, as in a chroot without /proc and /sys
 * @param storage where its bytes lie
 * @param builtOn everything below it, itself included: what a write to it may change
 * @param dmUuid its device-mapper uuid (empty if it was given none); null if it is no such device
 * @param targets the kinds of device-mapper targets that it is made of; empty if it is no such
 *     device
 * @param readOnly the kernel refuses writes to it
 * @param mountPoints where it is itself mounted
 * @param swap the kernel swaps to it
 * @param holders everything stacked on it, near ones first
 */
public record DeviceUse(
    boolean known,
    Storage storage,
    List<Storage> builtOn,
    @Nullable String dmUuid,
    Set<String> targets,
    boolean readOnly,
    List<String> mountPoints,
    boolean swap,
    List<Holder> holders) {

  /**
   * Something that is stacked on a device, directly or further up.
   *
   * @param path of the device node, for people
   * @param dmUuid its device-mapper uuid (empty if it was given none); null if it is no such device
   * @param targets the kinds of device-mapper targets that it is made of; empty if it is no such
   *     device
   * @param direct it lies on the device itself and not further up
   */
  public record Holder(
      String path,
      @Nullable String dmUuid,
      Set<String> targets,
      boolean direct,
      List<String> mountPoints,
      boolean swap) {}
}
