package io.github.dmtools.dmmerge.endtoend;

import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/** A job that writes, with or without O_DIRECT. */
final class DirectJob {
  private DirectJob() {}

  static String of(Path store, Path origin, boolean direct) {
    return new JsonMapper()
        .createObjectNode()
        .put("input", store.toString())
        .put("output", origin.toString())
        .put("direct", direct)
        .put("force", true)
        .toString();
  }
}
