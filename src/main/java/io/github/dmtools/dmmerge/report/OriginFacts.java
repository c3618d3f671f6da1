package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.device.DeviceContent;
import org.jspecify.annotations.Nullable;

/**
 * What a document reports of an origin.
 *
 * @param content what it holds; null if nothing was recognised
 */
public record OriginFacts(DeviceFacts device, @Nullable DeviceContent content) {}
