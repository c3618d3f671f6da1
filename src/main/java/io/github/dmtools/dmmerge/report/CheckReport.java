package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.exceptionstore.StoreCheck;
import io.github.dmtools.dmmerge.problem.Warning;
import java.time.Instant;
import java.util.List;

/** The result of {@code check}. */
public record CheckReport(
    Instant checkedAt, DeviceFacts input, StoreCheck check, List<Warning> warnings) {}
