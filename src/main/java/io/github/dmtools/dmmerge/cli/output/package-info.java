/** Where documents go: a file that appears at once and whole, or stdout. */
@NullMarked
package io.github.dmtools.dmmerge.cli.output;

import org.jspecify.annotations.NullMarked;
