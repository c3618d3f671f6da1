package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.json.PlanReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens approved plans from files. */
final class TestPlans {
  private TestPlans() {}

  static ApprovedPlan open(String path) {
    try {
      return PlanReader.open(path, Files.newInputStream(Path.of(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
