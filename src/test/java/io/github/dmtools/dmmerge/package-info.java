/** What holds for the rooms together. */
@NullMarked
package io.github.dmtools.dmmerge;

import org.jspecify.annotations.NullMarked;
