/**
 * Failures: a code for each kind, its exit status, and the exception that carries it to the command
 * line. Codes are a contract: they are added, never renamed.
 */
@NullMarked
package io.github.dmtools.dmmerge.problem;

import org.jspecify.annotations.NullMarked;
