/**
 * What can go wrong, in words that programs and people hold on to: one code for each kind of
 * failure, the exit status it ends in, and the exception that carries it from the place that
 * noticed to the edge that reports it. Codes are a contract: they are added, never renamed.
 */
@NullMarked
package io.github.dmtools.dmmerge.problem;

import org.jspecify.annotations.NullMarked;
