/** End-to-end tests of the packaged launcher, on stores that a kernel wrote. */
@NullMarked
package io.github.dmtools.dmmerge.endtoend;

import org.jspecify.annotations.NullMarked;
