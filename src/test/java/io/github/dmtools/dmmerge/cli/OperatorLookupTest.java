package io.github.dmtools.dmmerge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dmtools.dmmerge.audit.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator that audit events name. */
final class OperatorLookupTest {
  private static final Map<String, String> SUDO = Map.of("SUDO_USER", "alice", "SUDO_UID", "1000");
  private static final long PID = ProcessHandle.current().pid();

  @TempDir private Path proc;

  @Test
  void root() throws IOException {
    make(0, 0);
    Operator root = new Operator("db1", "root", "0", "root", "0", PID);
    assertEquals(root, OperatorLookup.operator(proc, "root", Map.of()));
  }

  @Test
  void rootBySudo() throws IOException {
    make(0, 0);
    Operator alice = new Operator("db1", "alice", "1000", "root", "0", PID);
    assertEquals(alice, OperatorLookup.operator(proc, "root", SUDO));
  }

  @Test
  void sudoVariablesCountForRootOnly() throws IOException {
    make(1001, 1001);
    Operator bob = new Operator("db1", "bob", "1001", "bob", "1001", PID);
    assertEquals(bob, OperatorLookup.operator(proc, "bob", SUDO));
  }

  @Test
  void aUserWithoutAName() throws IOException {
    make(1001, 65534);
    Operator number = new Operator("db1", "65534", "65534", "65534", "65534", PID);
    assertEquals(number, OperatorLookup.operator(proc, "?", Map.of()));
    assertEquals(number, OperatorLookup.operator(proc, "", Map.of()));
  }

  @Test
  void withoutProc() {
    Operator unknown = new Operator("unknown", "bob", "unknown", "bob", "unknown", PID);
    assertEquals(unknown, OperatorLookup.operator(proc, "bob", SUDO));
  }

  @Test
  void thisProcess() throws IOException {
    Operator operator = OperatorLookup.operator();
    assertEquals(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid") + "", operator.effectiveUserId());
    assertEquals(
        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(), operator.hostName());
  }

  private void make(int realId, int effectiveId) throws IOException {
    Files.createDirectories(proc.resolve("sys/kernel"));
    Files.writeString(proc.resolve("sys/kernel/hostname"), "db1\n");
    Files.createDirectories(proc.resolve("self"));
    Files.writeString(
        proc.resolve("self/status"),
        "Name:\tjava\nUid:\t" + realId + "\t" + effectiveId + "\t0\t0\nGid:\t5\t5\t5\t5\n");
  }
}
