/** SHA-256 as the product uses it: one place that creates, reuses and prints digests. */
@NullMarked
package io.github.dmtools.dmmerge.digest;

import org.jspecify.annotations.NullMarked;
