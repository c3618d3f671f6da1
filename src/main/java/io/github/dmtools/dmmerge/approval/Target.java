package io.github.dmtools.dmmerge.approval;

import org.jspecify.annotations.Nullable;

/**
 * A device of a plan.
 *
 * @param path absolute path
 * @param bytes size in bytes
 * @param lastingName the name that it keeps over a reboot and that no other device gets; null if it
 *     has none
 */
public record Target(String path, long bytes, @Nullable String lastingName) {
  @Override
  public String toString() {
    String name = lastingName == null ? "" : ", " + lastingName;
    return path + " (" + bytes + " bytes" + name + ")";
  }
}
