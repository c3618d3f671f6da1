/** Progress on stderr: a bar, or one event per line. */
@NullMarked
package io.github.dmtools.dmmerge.cli.progress;

import org.jspecify.annotations.NullMarked;
