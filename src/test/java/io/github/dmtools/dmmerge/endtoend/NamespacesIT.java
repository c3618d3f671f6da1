package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dmtools.dmmerge.RunsAlone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An origin whose use is hidden or has unusual names: in another namespace, without permission to
 * look, or with hidden files of the system. If use cannot be ruled out, the job is refused.
 */
@RunsAlone
final class NamespacesIT {
  private static final String NOBODY = "65534";

  /** A /dev without the nodes of block devices, with what Java needs. */
  private static final String HIDE_NODES =
      "mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/zero c 1 5"
          + " && mknod -m 666 /dev/urandom c 1 9 && mknod -m 666 /dev/random c 1 8";

  @TempDir private Path directory;
  private Path store = Path.of("");
  private Path origin = Path.of("");
  private Path mountPoint = Path.of("");

  @BeforeEach
  void make() throws IOException {
    store = new StoreFile(directory.resolve("cow"), 8, 1 << 20).entry(0, 2).data(2, 7).path();
    origin = StoreFile.sparse(directory.resolve("origin"), 4 << 20);
    mountPoint = Files.createDirectory(directory.resolve("mnt"));
  }

  @Test
  void aLoopDeviceWithoutANode() {
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(origin), mountPoint);
      refuses(inNamespace(HIDE_NODES), origin, "device.mounted", "device.use_unknown");
    }
  }

  @Test
  void aLoopDeviceWithoutANodeWhoseFileIsDeleted() throws IOException {
    Path link = Files.createLink(directory.resolve("link"), origin);
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(link), mountPoint);
      Files.delete(link);
      refuses(inNamespace(HIDE_NODES), origin, "device.mounted", "device.use_unknown");
    }
  }

  @Test
  void aLoopDeviceWithoutANodeWhoseFileHasAnotherName() throws IOException {
    Path link = Files.createLink(directory.resolve("link"), origin);
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(origin), mountPoint);
      Path renamed = Files.move(origin, directory.resolve("renamed"));
      refuses(inNamespace(HIDE_NODES), link, "device.mounted", "device.use_unknown");
      // The name belongs to another file now.
      Files.createSymbolicLink(origin, store);
      refuses(inNamespace(HIDE_NODES), renamed, "device.mounted", "device.use_unknown");
    }
  }

  /** The kernel's name of the file leads to another file here. */
  @Test
  void aLoopDeviceWithoutANodeWhoseFileIsHidden() throws IOException {
    Path hidden = Files.createDirectory(directory.resolve("hidden"));
    Path link = Files.createLink(hidden.resolve("origin"), origin);
    String hide = HIDE_NODES + " && mount -t tmpfs none " + hidden;
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(link), mountPoint);
      refuses(inNamespace(hide), origin, "device.mounted", "device.use_unknown");
      hide += " && truncate --size=4M " + link;
      refuses(inNamespace(hide), origin, "device.mounted", "device.use_unknown");
    }
  }

  /** Java does not start without {@code /proc}. The shell execs the launcher. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mount -t tmpfs none /sys/dev/block",
        "mount -t tmpfs none /sys/dev",
        "mount -t tmpfs none /sys/class/block",
        "mount -t tmpfs none /sys/devices/virtual",
        "mount -t tmpfs none /sys/devices/virtual/block",
        "mount -t tmpfs none /sys/devices/virtual/block/loop0/slaves",
        "mount -t tmpfs none /sys",
        "mount --bind /dev/null /proc/$$/mountinfo",
        "mount --bind /dev/null /proc/swaps"
      })
  void nothingIsShown(String hide) {
    refuses(inNamespace(hide), origin, "device.use_unknown");
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      setup.mountNewFileSystem(device, mountPoint);
      String[] codes = {"device.use_unknown", "device.mounted", "device.in_use", "device.busy"};
      refuses(inNamespace(hide), device, codes);
    }
  }

  /** The guards do not depend on it. */
  @Test
  void unusedFilesMayBeHidden() {
    Launcher launcher = inNamespace("mount -t tmpfs none /sys/kernel");
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      setup.mountNewFileSystem(device, mountPoint);
      refuses(launcher, origin, "device.mounted");
      refuses(launcher, device, "device.mounted");
    }
    launcher.stdin(Fixture.job(store, origin, true)).run("apply", "-").expect(0);
  }

  @Test
  void mountedInAnotherMountNamespace() {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      Shell.run("mkfs.ext4", "-q", device.toString());
      String mount = "mount -o ro \"$1\" \"$2\" && echo held && exec cat";
      setup.hold(
          "unshare", "--mount", "sh", "-c", mount, "sh", device.toString(), mountPoint.toString());
      refuses(new Launcher(directory), device, "device.mounted", "device.in_use", "device.busy");
      refuses(new Launcher(directory), origin, "device.mounted", "device.in_use", "device.held");
    }
  }

  /** Neither the mount nor a process in its namespace is visible. */
  @Test
  void mountedOutsideOfAContainer() {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      setup.mountNewFileSystem(device, mountPoint);
      String[] codes = {"device.mounted", "device.in_use", "device.held", "device.use_unknown"};
      refuses(inContainer("umount " + mountPoint), origin, codes);
      refuses(inContainer("umount " + mountPoint + " && " + HIDE_NODES), origin, codes);
      String[] claimed = {"device.mounted", "device.in_use", "device.busy"};
      refuses(inContainer("umount " + mountPoint), device, claimed);
      // A loop device does not claim its backing device.
      Path upper = setup.loop(device);
      refuses(inContainer("umount " + mountPoint), upper, "device.in_use");
      refuses(new Launcher(directory), upper, "device.mounted");
    }
  }

  /** The user may open the file, but not its other name or the loop device. */
  @Test
  void mountedByRootAndWrittenByAnotherUser() throws IOException {
    Path hidden = Files.createDirectory(directory.resolve("hidden"));
    Path link = Files.createLink(hidden.resolve("origin"), origin);
    Shell.run("cp", "-a", Launcher.image().toString(), directory.resolve("image").toString());
    Shell.run("chmod", "755", directory.toString());
    Shell.run("chmod", "700", hidden.toString());
    Shell.run("chown", NOBODY, origin.toString(), store.toString());
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(link), mountPoint);
      Launcher launcher =
          new Launcher(directory)
              .prefixedBy("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups")
              .executable(directory.resolve("image/bin/dm-merge"));
      refuses(launcher, origin, "device.mounted", "device.use_unknown");
    }
  }

  private Launcher inNamespace(String preparation) {
    return new Launcher(directory)
        .prefixedBy("unshare", "--mount", "sh", "-c", preparation + " && exec \"$@\"", "sh");
  }

  /** Also in a PID namespace with its own /proc. */
  private Launcher inContainer(String preparation) {
    String script = preparation + " && exec \"$@\"";
    return new Launcher(directory)
        .prefixedBy(
            "unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh");
  }

  private void refuses(Launcher launcher, Path output, String... codes) {
    String before = Fixture.sha256(output);
    Launcher.Result result = launcher.stdin(Fixture.job(store, output, true)).run("apply", "-");
    assertEquals(before, Fixture.sha256(output), result::stderr);
    result.expectOneOf(codes);
  }
}
