/**
 * The commands. The only room with picocli: it wires the others, speaks to people on stderr, and
 * turns every failure into an exit status.
 */
@NullMarked
package io.github.dmtools.dmmerge.cli;

import org.jspecify.annotations.NullMarked;
