package io.github.dmtools.dmmerge.endtoend;

import java.nio.file.Path;
import java.util.function.Supplier;

/** Freezes a file system. Needs root. */
final class Freeze {
  private Freeze() {}

  /** Runs a step while writes to the file system block. */
  static <T> T during(Path mountPoint, Supplier<T> action) {
    Shell.run("fsfreeze", "--freeze", mountPoint.toString());
    try {
      return action.get();
    } finally {
      Shell.run("fsfreeze", "--unfreeze", mountPoint.toString());
    }
  }
}
