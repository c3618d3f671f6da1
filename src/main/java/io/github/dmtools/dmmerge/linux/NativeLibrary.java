package io.github.dmtools.dmmerge.linux;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes JNA use its library from the image. Otherwise JNA unpacks it to /tmp, which may be mounted
 * noexec.
 */
final class NativeLibrary {
  private NativeLibrary() {}

  static void locate() {
    String home = System.getProperty("dmmerge.home");
    if (home == null) {
      return; // not started from an image, as in tests
    }
    Path directory =
        Path.of(home, "lib", "native", "linux-" + Architecture.current().jnaName())
            .toAbsolutePath();
    if (Files.isReadable(directory.resolve("libjnidispatch.so"))) {
      System.setProperty("jna.boot.library.path", directory.toString());
      System.setProperty("jna.nounpack", "true");
      System.setProperty("jna.nosys", "true");
      // Otherwise JNA runs ldconfig to find the directories of libraries.
      System.setProperty("jna.platform.library.path", directory.toString());
    }
  }
}
