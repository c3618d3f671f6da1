/**
 * The commands. The only room with picocli. It wires the other rooms, prints to stderr, and maps
 * every failure to an exit status.
 */
@NullMarked
package io.github.dmtools.dmmerge.cli;

import org.jspecify.annotations.NullMarked;
