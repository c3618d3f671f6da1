/** The packaged launcher, run as a user runs it, on stores that a real kernel wrote. */
@NullMarked
package io.github.dmtools.dmmerge.endtoend;

import org.jspecify.annotations.NullMarked;
