/** Renders the values of documents as text. */
@NullMarked
package io.github.dmtools.dmmerge.text;

import org.jspecify.annotations.NullMarked;
