package io.github.dmtools.dmmerge.endtoend;

import java.nio.file.Path;
import java.util.function.Supplier;

/** A file system that lets nobody write for a while. Needs root. */
final class Freeze {
  private Freeze() {}

  /** Does something while whoever writes to the file system waits. */
  static <T> T during(Path mountPoint, Supplier<T> action) {
    Shell.run("fsfreeze", "--freeze", mountPoint.toString());
    try {
      return action.get();
    } finally {
      Shell.run("fsfreeze", "--unfreeze", mountPoint.toString());
    }
  }
}
