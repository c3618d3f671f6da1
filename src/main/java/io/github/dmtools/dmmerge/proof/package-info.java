/** Proves by an audit log that the pending chunks of a plan were written. Needs no device. */
@NullMarked
package io.github.dmtools.dmmerge.proof;

import org.jspecify.annotations.NullMarked;
