/** Readable text for people, from the same values as the documents. */
@NullMarked
package io.github.dmtools.dmmerge.text;

import org.jspecify.annotations.NullMarked;
