package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Plan, apply, apply again and verify on every store, in files. */
final class FixturesIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("io.github.dmtools.dmmerge.endtoend.Fixture#mergeable")
  void merges(String name) throws IOException {
    Fixture fixture = Fixture.unpack(name, directory);
    Launcher launcher = new Launcher(directory).stdin(fixture.job(true));

    JsonNode plan = launcher.run("plan", "-").expect(0).json();
    assertEquals(fixture.exceptions(), plan.at("/summary/exceptions").asLong());
    assertEquals(fixture.exceptions(), plan.path("exceptions").size());
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()), "plan touched the origin");

    int different = fixture.exceptions() > 0 ? 2 : 0;
    launcher.run("verify", "-").expect(different);

    JsonNode report = launcher.run("apply", "-").expect(0).json();
    assertEquals(fixture.exceptions() > 0, report.path("changed").asBoolean());
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));

    FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(fixture.origin(), longAgo);
    JsonNode again = launcher.run("apply", "-").expect(0).json();
    assertFalse(again.path("changed").asBoolean());
    assertEquals("unchanged", again.path("status").asString());
    assertEquals(longAgo, Files.getLastModifiedTime(fixture.origin()), "it wrote again");

    launcher.run("verify", "-").expect(0);
    assertEquals(fixture.info().at("/cow/sha256").asString(), Fixture.sha256(fixture.store()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"full-invalid", "transient-N"})
  void refusesWhatCannotBeMerged(String name) {
    Fixture fixture = Fixture.unpack(name, directory);
    String code = name.equals("full-invalid") ? "store.invalid" : "store.not_a_store";
    Launcher launcher = new Launcher(directory).stdin(fixture.job(true));
    launcher.run("plan", "-").expectProblem(65, code);
    launcher.run("apply", "-").expectProblem(65, code);
    launcher.run("verify", "-").expectProblem(65, code);
    JsonNode check = launcher.run("check", fixture.store().toString()).expect(65).json();
    assertEquals(code, check.at("/findings/0/code").asString());
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
    assertTrue(Files.exists(fixture.store()));
  }
}
