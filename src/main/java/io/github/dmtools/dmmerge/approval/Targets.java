package io.github.dmtools.dmmerge.approval;

/** The devices of a plan. */
public record Targets(Target store, Target origin) {}
