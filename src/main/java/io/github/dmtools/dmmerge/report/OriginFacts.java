package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.device.DeviceContent;
import org.jspecify.annotations.Nullable;

/**
 * An origin in a document.
 *
 * @param content null if no content was recognized
 */
public record OriginFacts(DeviceFacts device, @Nullable DeviceContent content) {}
