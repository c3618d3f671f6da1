package io.github.dmtools.dmmerge.audit;

/**
 * Whether a log contains the expected line.
 *
 * @param found the line is in place, with the expected digest
 */
public record HeadCheck(ExpectedHead expected, boolean found) {}
