/**
 * JSON documents: reads and validates jobs, reads approved plans, writes all other documents. The
 * only room with Jackson and the schema validator.
 */
@NullMarked
package io.github.dmtools.dmmerge.json;

import org.jspecify.annotations.NullMarked;
