/**
 * Approvals: checks that an approved plan is consistent, is for the job's devices, and matches
 * their current content. Writes nothing.
 */
@NullMarked
package io.github.dmtools.dmmerge.approval;

import org.jspecify.annotations.NullMarked;
