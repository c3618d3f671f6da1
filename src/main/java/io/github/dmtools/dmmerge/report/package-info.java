/** The values in documents. */
@NullMarked
package io.github.dmtools.dmmerge.report;

import org.jspecify.annotations.NullMarked;
