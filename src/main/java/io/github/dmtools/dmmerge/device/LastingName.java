package io.github.dmtools.dmmerge.device;

/**
 * What a device is called by those who will look for it later, maybe after a reboot.
 *
 * @param text compared and never parsed
 * @param lasting the same device keeps it over a reboot, and no other gets it
 */
public record LastingName(String text, boolean lasting) {}
