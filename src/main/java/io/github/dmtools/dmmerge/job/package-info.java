/** What the operator asked for. */
@NullMarked
package io.github.dmtools.dmmerge.job;

import org.jspecify.annotations.NullMarked;
