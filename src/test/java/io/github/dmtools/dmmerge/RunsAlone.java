package io.github.dmtools.dmmerge;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * An end-to-end class during which no other one runs. dm-merge looks at all swap spaces, mounts and
 * loop devices of the system, and refuses to write if it cannot identify one of them. So a class
 * belongs here
 *
 * <ul>
 *   <li>if it makes what a run elsewhere may be unable to identify: swap, a file system mounted
 *       straight from a file, a loop device over a file of an overlay or without a node;
 *   <li>if its runs see only a part of the system: in a container, without device nodes, or as a
 *       user without privileges. They would refuse because of the loop devices of other tests.
 * </ul>
 *
 * <p>The other classes are divided among several processes. {@code TiersTest} checks the tag.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag(RunsAlone.TAG)
public @interface RunsAlone {
  /** {@code pom.xml} names it too. */
  String TAG = "alone";
}
