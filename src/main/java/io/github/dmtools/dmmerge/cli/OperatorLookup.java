package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.audit.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Who runs this process, and where: for the audit log. */
final class OperatorLookup {
  private static final Path PROC = Path.of("/proc");
  private static final String UNKNOWN = "unknown";
  private static final String ROOT_ID = "0";

  private OperatorLookup() {}

  /** What the kernel says of it, and sudo: root alone can have set what sudo sets. */
  static Operator operator() {
    return operator(PROC, System.getProperty("user.name", ""), System.getenv());
  }

  /**
   * The same of a given system.
   *
   * @param proc where {@code /proc} is
   * @param javaName the user's name as Java knows it: {@code ?} or empty where it has none
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

  /** The second number of the line {@code Uid:}, proc_pid_status(5). */
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
