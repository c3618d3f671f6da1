package io.github.dmtools.dmmerge.problem;

import org.jspecify.annotations.Nullable;

/**
 * Something that the operator should know and that did not stop the run.
 *
 * @param code dotted, stable
 * @param message one sentence for people, without a full stop
 */
public record Warning(String code, String message, @Nullable String path) {}
