/**
 * What was approved: a plan read back, checked against itself, against the job's devices and
 * against what they hold now. Writes nothing.
 */
@NullMarked
package io.github.dmtools.dmmerge.approval;

import org.jspecify.annotations.NullMarked;
