package io.github.dmtools.dmmerge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words that are mistyped. */
final class NearestCommandTest {
  @ParameterizedTest
  @CsvSource({
    "aply, apply",
    "palan, plan",
    "plna, plan",
    "verifiy, verify",
    "chekc, check",
    "Audit, audit",
    "shema, schema",
    "hepl, help",
    "bogus, ",
    "x, ",
    "'', "
  })
  void isOneThatIsNear(String typed, @Nullable String meant) {
    assertEquals(meant, NearestCommand.to(typed));
  }
}
