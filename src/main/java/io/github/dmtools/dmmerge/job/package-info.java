/** The job: what the operator requested. */
@NullMarked
package io.github.dmtools.dmmerge.job;

import org.jspecify.annotations.NullMarked;
