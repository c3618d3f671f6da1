package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.Nullable;

/**
 * A line that a log must contain, recorded elsewhere earlier.
 *
 * @param seq number of the line; null if only the digest is known
 * @param lineSha256 digest of the line in hexadecimal
 */
public record ExpectedHead(@Nullable Long seq, String lineSha256) {}
