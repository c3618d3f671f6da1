/** Progress on stderr: a bar, or one event a line. */
@NullMarked
package io.github.dmtools.dmmerge.cli.progress;

import org.jspecify.annotations.NullMarked;
