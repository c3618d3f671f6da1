/**
 * The documents: jobs are read and validated here, plans, reports, checks and problems written. The
 * only room with Jackson and the schema validator.
 */
@NullMarked
package io.github.dmtools.dmmerge.json;

import org.jspecify.annotations.NullMarked;
