package io.github.dmtools.dmmerge.linux;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Points JNA to its library in the shipped image. Without that it would unpack it into /tmp, which
 * fails where /tmp is mounted noexec.
 */
final class NativeLibrary {
  private NativeLibrary() {}

  static void locate() {
    String home = System.getProperty("dmmerge.home");
    if (home == null) {
      return; // not started from an image: in tests, JNA unpacks
    }
    Path directory =
        Path.of(home, "lib", "native", "linux-" + Architecture.current().jnaName())
            .toAbsolutePath();
    if (Files.isReadable(directory.resolve("libjnidispatch.so"))) {
      System.setProperty("jna.boot.library.path", directory.toString());
      System.setProperty("jna.nounpack", "true");
      System.setProperty("jna.nosys", "true");
      // If it is not told where libraries lie, it starts ldconfig to ask.
      System.setProperty("jna.platform.library.path", directory.toString());
    }
  }
}
