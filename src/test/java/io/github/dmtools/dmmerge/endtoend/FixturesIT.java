package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Plan and apply with the launcher on every store, in files; what verify and another run make of it
 * is looked at in this process.
 */
final class FixturesIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("io.github.dmtools.dmmerge.endtoend.Fixture#mergeable")
  void merges(String name) throws IOException {
    Fixture fixture = Fixture.unpack(name, directory);
    boolean something = fixture.exceptions() > 0;
    Launcher launcher = new Launcher(directory).stdin(fixture.job(true));
    Job job = InProcess.job(fixture.store(), fixture.origin(), true);

    JsonNode plan = launcher.run("plan", "-").expect(0).json();
    assertEquals(fixture.exceptions(), plan.at("/summary/exceptions").asLong());
    assertEquals(fixture.exceptions(), plan.path("exceptions").size());
    assertEquals(
        something ? Report.Status.DIFFERENT : Report.Status.UNCHANGED,
        InProcess.merge().verify(job, 0).status());
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()), "plan touched the origin");

    JsonNode report = launcher.run("apply", "-").expect(0).json();
    assertEquals(something, report.path("changed").asBoolean());
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));

    FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(fixture.origin(), longAgo);
    Report again = InProcess.merge().apply(job, 0, null);
    assertFalse(again.changed());
    assertEquals(Report.Status.UNCHANGED, again.status());
    assertEquals(longAgo, Files.getLastModifiedTime(fixture.origin()), "it wrote again");

    assertEquals(Report.Status.UNCHANGED, InProcess.merge().verify(job, 0).status());
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
