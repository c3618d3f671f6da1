package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * An origin in use whose use cannot be seen, or not by the usual names: from another namespace, by
 * somebody who may not look, where the system's own files are hidden. What cannot be seen is
 * refused.
 */
final class NamespacesIT {
  private static final int BUSY = 75;
  private static final int FORBIDDEN = 78;
  private static final String NOBODY = "65534";

  /** A /dev without the nodes of block devices, with what Java needs. */
  private static final String HIDE_NODES =
      "mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/zero c 1 5"
          + " && mknod -m 666 /dev/urandom c 1 9 && mknod -m 666 /dev/random c 1 8";

  @TempDir private Path folder;
  private Path store = Path.of("");
  private Path origin = Path.of("");
  private Path mountPoint = Path.of("");

  @BeforeEach
  void make() throws IOException {
    store = new StoreFile(folder.resolve("cow"), 8, 1 << 20).entry(0, 2).data(2, 7).path();
    origin = StoreFile.sparse(folder.resolve("origin"), 4 << 20);
    mountPoint = Files.createDirectory(folder.resolve("mnt"));
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
    Path link = Files.createLink(folder.resolve("link"), origin);
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(link), mountPoint);
      Files.delete(link);
      refuses(inNamespace(HIDE_NODES), origin, "device.mounted", "device.use_unknown");
    }
  }

  @Test
  void aLoopDeviceWithoutANodeWhoseFileHasAnotherName() throws IOException {
    Path link = Files.createLink(folder.resolve("link"), origin);
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(origin), mountPoint);
      Path renamed = Files.move(origin, folder.resolve("renamed"));
      refuses(inNamespace(HIDE_NODES), link, "device.mounted", "device.use_unknown");
      // Another file has the name now.
      Files.createSymbolicLink(origin, store);
      refuses(inNamespace(HIDE_NODES), renamed, "device.mounted", "device.use_unknown");
    }
  }

  /** The name that the kernel has for the file leads to another one here. */
  @Test
  void aLoopDeviceWithoutANodeWhoseFileIsHidden() throws IOException {
    Path hidden = Files.createDirectory(folder.resolve("hidden"));
    Path link = Files.createLink(hidden.resolve("origin"), origin);
    String hide = HIDE_NODES + " && mount -t tmpfs none " + hidden;
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(link), mountPoint);
      refuses(inNamespace(hide), origin, "device.mounted", "device.use_unknown");
      hide += " && truncate --size=4M " + link;
      refuses(inNamespace(hide), origin, "device.mounted", "device.use_unknown");
    }
  }

  /** Java itself does not start without a {@code /proc}. The shell becomes the launcher. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mount -t tmpfs none /sys/dev/block",
        "mount -t tmpfs none /sys/dev",
        "mount -t tmpfs none /sys/class/block",
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
      refuses(inNamespace(hide), origin, "device.use_unknown", "device.mounted", "device.held");
      refuses(inNamespace(hide), device, codes);
    }
  }

  /** The guards do not depend on it. */
  @Test
  void whatIsNotAskedMayBeHidden() {
    Launcher launcher = inNamespace("mount -t tmpfs none /sys/block");
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
      refuses(new Launcher(folder), device, "device.mounted", "device.in_use", "device.busy");
      refuses(new Launcher(folder), origin, "device.mounted", "device.in_use", "device.held");
    }
  }

  /** Where neither the mount nor a process that sees it is visible. */
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
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"merged", "upper"})
  void aFileOfAnOverlayInUseByItsOtherName(String attached) throws IOException {
    try (Setup setup = new Setup()) {
      Path files = overlay(setup);
      Path upper = Files.copy(origin, files.resolve("upper/origin"));
      Path merged = files.resolve("merged/origin");
      boolean byUpper = attached.equals("upper");
      setup.mountNewFileSystem(setup.loop(byUpper ? upper : merged), mountPoint);
      refusesOverlay(byUpper ? merged : upper, upper);
    }
  }

  /** Read-only, it is attached without being copied up. */
  @Test
  void aFileOfALowerLayerInUseByItsNameInTheOverlay() throws IOException {
    try (Setup setup = new Setup()) {
      Path files = overlay(setup);
      Path lower = files.resolve("lower/origin");
      setup.mountReadOnly(setup.loop(files.resolve("merged/origin"), "--read-only"), mountPoint);
      refusesOverlay(lower, lower);
    }
  }

  /** What is written is a copy of it in the upper layer. */
  @Test
  void aFileOfALowerLayerInUseKeepsItsBytes() throws IOException {
    try (Setup setup = new Setup()) {
      Path files = overlay(setup);
      Path lower = files.resolve("lower/origin");
      setup.mountReadOnly(setup.loop(lower, "--read-only"), mountPoint);
      String before = Fixture.sha256(lower);
      Path merged = files.resolve("merged/origin");
      String job = Fixture.job(store, merged, true).replace("{", "{\"verify\": true, ");
      JsonNode report = new Launcher(folder).stdin(job).run("apply", "-").expect(0).json();
      assertEquals("applied", report.path("status").asString());
      assertEquals(before, Fixture.sha256(lower));
      assertEquals(Fixture.sha256(merged), Fixture.sha256(files.resolve("upper/origin")));
      assertNotEquals(before, Fixture.sha256(merged));
    }
  }

  /** Since Linux 6.12 without a loop device, if the kernel is built for it. */
  @Test
  void aFileSystemMountedStraightFromTheFile() throws IOException {
    Path content = Files.createDirectory(folder.resolve("content"));
    Files.write(content.resolve("file"), new byte[1 << 20]);
    Files.delete(origin);
    assumeTrue(Shell.succeeds("which", "mkfs.erofs"));
    Shell.run("mkfs.erofs", origin.toString(), content.toString());
    String before = Fixture.sha256(origin);
    try (Setup setup = new Setup()) {
      assumeTrue(setup.mountFile("erofs", origin, mountPoint), "the kernel mounts no files");
      Path link = Files.createLink(folder.resolve("link"), origin);
      refuses(new Launcher(folder), link, "device.mounted");
      refuses(new Launcher(folder), origin, "device.mounted");
      String hide = "mount -t tmpfs none " + content + " && umount " + mountPoint;
      refuses(inNamespace(hide), origin, "device.mounted", "device.use_unknown");
      assertEquals(before, Fixture.sha256(origin));
    }
  }

  @Test
  void swapByAnotherPath() throws IOException {
    Path link = Files.createLink(folder.resolve("link"), origin);
    Path other = Files.createDirectory(folder.resolve("other"));
    Shell.run("chmod", "600", origin.toString());
    StoreFile.sparse(origin, 0);
    Shell.run("fallocate", "--length", "4MiB", origin.toString());
    try (Setup setup = new Setup()) {
      setup.bind(folder, other);
      setup.swapOn(origin);
      String header = firstBytes();
      for (Path path : List.of(link, other.resolve("link"))) {
        Launcher launcher = new Launcher(folder).stdin(Fixture.job(store, path, true));
        Launcher.Result result = launcher.run("apply", "-");
        assertEquals(header, firstBytes(), result::stderr);
        result.expectProblem(FORBIDDEN, "device.swap");
      }
    }
  }

  /** They may open the file, and neither its other name nor the loop device. */
  @Test
  void mountedByRootAndWrittenBySomebodyElse() throws IOException {
    Path hidden = Files.createDirectory(folder.resolve("hidden"));
    Path link = Files.createLink(hidden.resolve("origin"), origin);
    Shell.run("cp", "-a", Launcher.image().toString(), folder.resolve("image").toString());
    Shell.run("chmod", "755", folder.toString());
    Shell.run("chmod", "700", hidden.toString());
    Shell.run("chown", NOBODY, origin.toString(), store.toString());
    try (Setup setup = new Setup()) {
      setup.mountNewFileSystem(setup.loop(link), mountPoint);
      Launcher launcher =
          new Launcher(folder)
              .prefixedBy("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups")
              .executable(folder.resolve("image/bin/dm-merge"));
      refuses(launcher, origin, "device.mounted", "device.use_unknown");
    }
  }

  /** Of what its backing file is, nothing can be seen from here. */
  @Test
  void aFileOfAnOverlayThatOnlyAnotherNamespaceHas() throws IOException {
    Path files = layers();
    Path upper = Files.copy(files.resolve("lower/origin"), files.resolve("upper/origin"));
    String mount =
        "cd \"$1\" && mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work none merged"
            + " && mount -o ro,loop merged/origin \"$2\" && echo held && exec cat";
    try (Setup setup = new Setup()) {
      String[] words = {"unshare", "--mount", "sh", "-c", mount, "sh", "" + files, "" + mountPoint};
      setup.hold(words);
      String[] codes = {"device.mounted", "device.in_use", "device.held", "device.use_unknown"};
      refuses(new Launcher(folder), upper, codes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "btrfs", "xfs"})
  void aLoopDeviceOverAnotherFileIsNoHindrance(String type) throws IOException {
    assumeTrue(type.equals("tmpfs") || Shell.succeeds("which", "mkfs." + type));
    try (Setup setup = new Setup()) {
      Path files = folder.resolve("files");
      if (type.equals("tmpfs")) {
        setup.tmpfs(Files.createDirectory(files), "64M");
      } else {
        setup.fileSystem(type, files, 320 << 20);
      }
      if (type.equals("btrfs")) {
        // Its files have a device number that no mount has.
        Shell.run("btrfs", "--quiet", "subvolume", "create", files.resolve("volume").toString());
        files = files.resolve("volume");
      }
      Path other = StoreFile.sparse(files.resolve("other"), 4 << 20);
      setup.mountNewFileSystem(setup.loop(other), mountPoint);
      String before = Fixture.sha256(other);
      Path output = Files.copy(origin, files.resolve("origin"));
      for (Path written : List.of(origin, output)) {
        Launcher launcher = new Launcher(folder).stdin(Fixture.job(store, written, true));
        Launcher.Result result = launcher.run("apply", "-").expect(0);
        assertEquals("applied", result.json().path("status").asString());
      }
      assertEquals(before, Fixture.sha256(other));
    }
  }

  private Path overlay(Setup setup) throws IOException {
    Path files = layers();
    setup.overlay(files);
    return files;
  }

  private Path layers() throws IOException {
    Path files = Files.createDirectory(folder.resolve("files"));
    for (String layer : List.of("lower", "upper", "work", "merged")) {
      Files.createDirectory(files.resolve(layer));
    }
    Path lower = Files.copy(origin, files.resolve("lower/origin"));
    Shell.run("mkfs.ext4", "-q", lower.toString());
    return files;
  }

  private Launcher inNamespace(String preparation) {
    return new Launcher(folder)
        .prefixedBy("unshare", "--mount", "sh", "-c", preparation + " && exec \"$@\"", "sh");
  }

  /** With processes of its own, too, and a /proc that shows no others. */
  private Launcher inContainer(String preparation) {
    String script = preparation + " && exec \"$@\"";
    return new Launcher(folder)
        .prefixedBy(
            "unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh");
  }

  private void refuses(Launcher launcher, Path output, String... codes) {
    String before = Fixture.sha256(output);
    Launcher.Result result = launcher.stdin(Fixture.job(store, output, true)).run("apply", "-");
    assertEquals(before, Fixture.sha256(output), result::stderr);
    expectOneOf(result, codes);
  }

  private void refusesOverlay(Path output, Path real) {
    String before = Fixture.sha256(real);
    String[] codes = {"device.mounted", "device.held", "device.use_unknown"};
    refuses(new Launcher(folder), output, codes);
    assertEquals(before, Fixture.sha256(real));
  }

  private static void expectOneOf(Launcher.Result result, String... codes) {
    String code = result.json().path("code").asString("");
    assertTrue(List.of(codes).contains(code), () -> code + ": " + result.stderr());
    result.expectProblem(code.equals("device.busy") ? BUSY : FORBIDDEN, code);
  }

  private String firstBytes() throws IOException {
    try (InputStream in = Files.newInputStream(origin)) {
      return HexFormat.of().formatHex(in.readNBytes(4096));
    }
  }
}
