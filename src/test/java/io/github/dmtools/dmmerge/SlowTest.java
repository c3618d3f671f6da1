package io.github.dmtools.dmmerge;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.jqwik.api.Tag;

/**
 * A test class or method of the slow tier, which {@code mvn verify} leaves out and {@code mvn
 * verify -Pslow} runs alone. It belongs there if it takes more than about five seconds of CPU time
 * and cannot be made faster without losing what it proves: runs that are killed, the full number of
 * mutations, the largest stores. Whatever it proves, a smaller test of the quick tier proves for a
 * part of the cases. A test without this annotation is in the quick tier.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag(SlowTest.TAG)
@org.junit.jupiter.api.Tag(SlowTest.TAG)
public @interface SlowTest {
  /** The only tag; {@code pom.xml} names it too. */
  String TAG = "slow";
}
