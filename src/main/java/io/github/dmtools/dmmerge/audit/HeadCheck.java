package io.github.dmtools.dmmerge.audit;

/**
 * Whether a log has the line that it must have.
 *
 * @param found in its place, with that digest
 */
public record HeadCheck(ExpectedHead expected, boolean found) {}
