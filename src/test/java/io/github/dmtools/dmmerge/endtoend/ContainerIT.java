package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dmtools.dmmerge.RunsAlone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher in a Podman container, with an origin that the host has mounted. The container sees
 * {@code /sys}, but not the host's mounts, processes and file names. Skipped if Podman is not
 * installed or cannot start a container.
 */
@RunsAlone
final class ContainerIT {
  private static final String[] CODES = {
    "device.mounted", "device.in_use", "device.held", "device.busy", "device.use_unknown"
  };
  private static final String PRIVILEGED = "--privileged";

  /** Higher than the numbers that losetup chooses. */
  private static final int YOUNG_LOOP = 100;

  /** Podman's runtime refuses mixed cgroup versions; the test needs no cgroups. */
  private static final String RUN =
      "umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec podman run --rm"
          + " --network=none --cgroups=disabled --ulimit nofile=1024:1024 --ulimit nproc=4096:4096"
          + " \"$@\"";

  @TempDir private Path directory;
  private Path data = Path.of("");
  private Path origin = Path.of("");
  private Path mountPoint = Path.of("");

  @BeforeEach
  void make() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
    mountPoint = Files.createDirectory(directory.resolve("mnt"));
    new StoreFile(data.resolve("cow"), 8, 1 << 20).entry(0, 2).data(2, 7);
    origin = StoreFile.sparse(data.resolve("origin"), 4 << 20);
    Path root = Files.createDirectory(directory.resolve("root"));
    for (String name : List.of("usr", "etc", "proc", "sys", "dev", "run", "tmp", "data", "image")) {
      Files.createDirectory(root.resolve(name));
    }
    for (String name : List.of("bin", "sbin", "lib", "lib64")) {
      Files.createSymbolicLink(root.resolve(name), Path.of("usr", name));
    }
    assumeTrue(canRun(), "Podman can start no container here");
  }

  /** Podman hides parts of /sys from an unprivileged container. */
  @ParameterizedTest
  @ValueSource(strings = {PRIVILEGED, "--security-opt=unmask=/sys/dev/block"})
  void aFileThatNobodyUses(String privileges) throws IOException {
    String before = Fixture.sha256(origin);
    launcher("/data/origin", privileges).run("apply", "-").expect(0);
    assertNotEquals(before, Fixture.sha256(origin));
  }

  @Test
  void aPrivilegedContainerAndTheFileOfAMountedLoopDevice() throws IOException {
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(origin), mountPoint);
      refuses(PRIVILEGED, "/data/origin");
    }
  }

  @Test
  void aPrivilegedContainerAndAMountedLoopDevice() throws IOException {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      setup.mountNewFileSystem(device, mountPoint);
      refuses(PRIVILEGED, device.toString());
    }
  }

  /** A container has the nodes of the devices that existed at its start. */
  @Test
  void aLoopDeviceCreatedAfterThePrivilegedContainer() throws IOException {
    Path started = fifo("started");
    Path go = fifo("go");
    String wait = "echo > /data/started && read go < /data/go && exec \"$@\"";
    Launcher launcher = launcher("/data/origin", PRIVILEGED, "sh", "-c", wait, "sh");
    Launcher.Running running = launcher.start("apply", "-");
    Files.readString(started);
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loopNumber(YOUNG_LOOP, origin), mountPoint);
      String before = Fixture.sha256(origin);
      Files.writeString(go, "go\n");
      expectRefused(running.await(), before);
    }
  }

  @Test
  void aContainerWithoutPrivilegesAndTheFileOfAMountedLoopDevice() throws IOException {
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(origin), mountPoint);
      refuses("--privileged=false", "/data/origin");
    }
  }

  private void refuses(String privileges, String output) throws IOException {
    String before = Fixture.sha256(origin);
    expectRefused(launcher(output, privileges).run("apply", "-"), before);
  }

  private void expectRefused(Launcher.Result result, String before) {
    assertEquals(before, Fixture.sha256(origin), result::stderr);
    result.expectOneOf(CODES);
  }

  private Launcher launcher(String output, String privileges, String... words) throws IOException {
    List<String> prefix = new ArrayList<>(container("--interactive", privileges));
    prefix.addAll(List.of(words));
    return new Launcher(directory)
        .prefixedBy(prefix.toArray(String[]::new))
        .executable(Path.of("/image/bin/dm-merge"))
        .stdin(Fixture.job(Path.of("/data/cow"), Path.of(output), true));
  }

  private boolean canRun() throws IOException {
    List<String> command = container("--privileged");
    command.add("true");
    return Shell.succeeds(command.toArray(String[]::new));
  }

  /** The command for a container with the host's programs, the image and the test's files. */
  private List<String> container(String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", RUN, "sh"));
    words.addAll(Arrays.asList(options));
    String java = System.getProperty("java.home");
    words.addAll(List.of("--env", "JAVA_HOME=" + java, "--volume", data + ":/data"));
    for (String shown : List.of("/usr:/usr", java + ":" + java, Launcher.image() + ":/image")) {
      words.addAll(List.of("--volume", shown + ":ro"));
    }
    // Debian keeps Java's configuration there.
    try (Stream<Path> found = Files.list(Path.of("/etc"))) {
      found
          .filter(path -> path.getFileName().toString().startsWith("java-"))
          .forEach(path -> words.addAll(List.of("--volume", path + ":" + path + ":ro")));
    }
    words.addAll(List.of("--rootfs", directory.resolve("root").toString()));
    return words;
  }

  private Path fifo(String name) {
    Path path = data.resolve(name);
    Shell.run("mkfifo", path.toString());
    return path;
  }
}
