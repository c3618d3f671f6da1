package io.github.dmtools.dmmerge.approval;

/** Both devices of a plan. */
public record Targets(Target store, Target origin) {}
