package io.github.dmtools.dmmerge.device;

/**
 * What a device is called by those who will look for it later, maybe after a reboot.
 *
 * @param text compared and never parsed
 * @param lasting the same device keeps it over a reboot, and no other gets it
 * @param formerText what undo stores of the first version call it
 * @param formerLasting whether those took that name for a lasting one
 */
public record PersistentId(String text, boolean lasting, String formerText, boolean formerLasting) {
  /** A name that was always the same. */
  public PersistentId(String text, boolean lasting) {
    this(text, lasting, text, lasting);
  }
}
