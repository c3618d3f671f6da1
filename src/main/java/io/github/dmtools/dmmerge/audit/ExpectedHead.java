package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.Nullable;

/**
 * A line that a log must still have, as somebody kept it elsewhere.
 *
 * @param seq its number; null if the digest alone is known
 * @param lineSha256 its digest in hexadecimal
 */
public record ExpectedHead(@Nullable Long seq, String lineSha256) {}
