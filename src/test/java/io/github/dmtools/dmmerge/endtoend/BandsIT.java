package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Random chunks in several bands, as on a machine with little memory. */
final class BandsIT {
  private static final int ORIGIN_BYTES = (48 << 20) + 777;

  @TempDir private Path directory;

  /** A band is half as large as Java's heap can get. */
  private Launcher launcher() {
    return Launcher.inThisProcess(directory).environment("JAVA_TOOL_OPTIONS", "-Xmx24m");
  }

  @Test
  void everyBandIsMergedAndUndone() throws IOException {
    StampedStore.Shape shape = new StampedStore.Shape(8, 1, ORIGIN_BYTES);
    StampedStore stamped = StampedStore.make(directory, shape, new Random(5));
    Path undo = directory.resolve("undo");
    ObjectNode job =
        (ObjectNode)
            new JsonMapper().readTree(Fixture.job(stamped.store(), stamped.origin(), true));
    job.put("undo", undo.toString());

    JsonNode report = launcher().stdin(job.toString()).run("apply", "-").expect(0).json();
    assertEquals(stamped.pendingChunks(), report.at("/counts/written").asInt());
    assertEquals(stamped.pendingBytes(), report.at("/bytes/written").asLong());
    assertEquals(0, report.at("/mappings/0/index").asInt(), "not the first of the table");
    stamped.requireAfter(Files.readAllBytes(stamped.origin()));

    String back = Fixture.job(undo, stamped.origin(), true);
    launcher().stdin(back).run("apply", "-").expect(0);
    stamped.requireBefore(Files.readAllBytes(stamped.origin()));

    // Windows are small without a journal.
    String plain = Fixture.job(stamped.store(), stamped.origin(), true);
    launcher().stdin(plain).run("apply", "-").expect(0);
    stamped.requireAfter(Files.readAllBytes(stamped.origin()));
    JsonNode again = launcher().stdin(plain).run("apply", "-").expect(0).json();
    assertEquals("unchanged", again.path("status").asString());
  }
}
