/** Destinations of documents: stdout, or a file that appears at once and complete. */
@NullMarked
package io.github.dmtools.dmmerge.cli.output;

import org.jspecify.annotations.NullMarked;
