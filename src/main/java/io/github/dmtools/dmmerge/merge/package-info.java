/**
 * The one story: open, guard, read the table, plan, apply, report. Guards are values: they look at
 * facts and answer with problems.
 */
@NullMarked
package io.github.dmtools.dmmerge.merge;

import org.jspecify.annotations.NullMarked;
