package io.github.dmtools.dmmerge.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of searching a device for signatures.
 *
 * @param content null if no known signature was found, or if {@code unavailable} is not null
 * @param conflicting the types of all signatures if they conflict; else empty
 * @param unavailable why the device could not be examined; null if it was
 */
public record Identification(
    @Nullable DeviceContent content, List<String> conflicting, @Nullable String unavailable) {

  /** The device was examined. */
  public static Identification of(@Nullable DeviceContent content) {
    return new Identification(content, List.of(), null);
  }

  /** The device has conflicting signatures. */
  public static Identification ambiguous(List<String> types) {
    return new Identification(DeviceContent.ambiguous(), List.copyOf(types), null);
  }

  /** The device could not be examined. */
  public static Identification unavailable(String reason) {
    return new Identification(null, List.of(), reason);
  }
}
