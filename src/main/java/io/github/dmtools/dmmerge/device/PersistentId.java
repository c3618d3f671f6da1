package io.github.dmtools.dmmerge.device;

/**
 * A name by which a device can be recognized in a later run.
 *
 * @param text compared, never parsed
 * @param lasting the device keeps the name over a reboot, and no other device gets it
 * @param formerText the name in undo stores of the first version
 * @param formerLasting whether the first version considered that name lasting
 */
public record PersistentId(String text, boolean lasting, String formerText, boolean formerLasting) {
  /** A name that is the same in all versions. */
  public PersistentId(String text, boolean lasting) {
    this(text, lasting, text, lasting);
  }
}
