package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.audit.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Finds out who runs this process and where, for the audit log. */
final class OperatorLookup {
  private static final Path PROC = Path.of("/proc");
  private static final String UNKNOWN = "unknown";
  private static final String ROOT_ID = "0";

  private OperatorLookup() {}

  /** Reads the kernel's view, and sudo's variables if the process runs as root. */
  static Operator operator() {
    return operator(PROC, System.getProperty("user.name", ""), System.getenv());
  }

  /**
   * Reads the same from a given system.
   *
   * @param proc path of {@code /proc}
   * @param javaName Java's name of the user; {@code ?} or empty if the user has none
   */
  static Operator operator(Path proc, String javaName, Map<String, String> environment) {
    String id = effectiveUserId(proc);
    String name = javaName.isEmpty() || javaName.equals("?") ? id : javaName;
    boolean sudo = id.equals(ROOT_ID) && environment.containsKey("SUDO_USER");
    return new Operator(
        read(proc.resolve("sys/kernel/hostname")),
        sudo ? environment.getOrDefault("SUDO_USER", UNKNOWN) : name,
        sudo ? environment.getOrDefault("SUDO_UID", UNKNOWN) : id,
        name,
        id,
        ProcessHandle.current().pid());
  }

  /** Reads the second number of the line {@code Uid:}, see proc_pid_status(5). */
  private static String effectiveUserId(Path proc) {
    return read(proc.resolve("self/status"))
        .lines()
        .filter(line -> line.startsWith("Uid:"))
        .map(line -> line.split("\\s+", -1)[2])
        .findFirst()
        .orElse(UNKNOWN);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return UNKNOWN;
    }
  }
}
