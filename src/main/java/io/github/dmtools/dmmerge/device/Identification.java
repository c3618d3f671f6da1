package io.github.dmtools.dmmerge.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of looking for signatures on a device.
 *
 * @param content null if no signature is known, or if {@code unavailable} is not null
 * @param conflicting the types of all signatures, if they contradict each other; else empty
 * @param unavailable why the device could not be examined; null if it was
 */
public record Identification(
    @Nullable DeviceContent content, List<String> conflicting, @Nullable String unavailable) {

  /** The device was examined. */
  public static Identification of(@Nullable DeviceContent content) {
    return new Identification(content, List.of(), null);
  }

  /** The device holds several signatures. */
  public static Identification ambiguous(List<String> types) {
    return new Identification(DeviceContent.ambiguous(), List.copyOf(types), null);
  }

  /** The device could not be examined. */
  public static Identification unavailable(String reason) {
    return new Identification(null, List.of(), reason);
  }
}
