/** Whether an audit log shows that what a plan had pending was written. No device is needed. */
@NullMarked
package io.github.dmtools.dmmerge.proof;

import org.jspecify.annotations.NullMarked;
