/** The values that documents show. They decide nothing. */
@NullMarked
package io.github.dmtools.dmmerge.report;

import org.jspecify.annotations.NullMarked;
