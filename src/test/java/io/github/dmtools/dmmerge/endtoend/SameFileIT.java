package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dmtools.dmmerge.RunsAlone;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.report.Report;
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
 * A file that is in use by another name: by another layer of an overlay, or without a loop device.
 */
@RunsAlone
final class SameFileIT {
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

  /** The write goes to a copy in the upper layer. */
  @Test
  void aFileOfALowerLayerInUseKeepsItsBytes() throws IOException {
    try (Setup setup = new Setup()) {
      Path files = overlay(setup);
      Path lower = files.resolve("lower/origin");
      setup.mountReadOnly(setup.loop(lower, "--read-only"), mountPoint);
      String before = Fixture.sha256(lower);
      Path merged = files.resolve("merged/origin");
      String job = Fixture.job(store, merged, true).replace("{", "{\"verify\": true, ");
      JsonNode report = new Launcher(directory).stdin(job).run("apply", "-").expect(0).json();
      assertEquals("applied", report.path("status").asString());
      assertEquals(before, Fixture.sha256(lower));
      assertEquals(Fixture.sha256(merged), Fixture.sha256(files.resolve("upper/origin")));
      assertNotEquals(before, Fixture.sha256(merged));
    }
  }

  /** After a change of the mode, the upper layer has the file without its bytes. */
  @Test
  void aFileWhoseBytesStayedInALowerLayer() throws IOException {
    try (Setup setup = new Setup()) {
      Path files = layers();
      setup.overlay(files, "metacopy=on");
      Path merged = files.resolve("merged/origin");
      Shell.run("chmod", "600", merged.toString());
      Path lower = files.resolve("lower/origin");
      setup.mountReadOnly(setup.loop(merged, "--read-only"), mountPoint);
      refusesOverlay(lower, lower);
    }
  }

  @Test
  void aFileOfALowerLayerIsRecognizedByItsUndoStore() throws IOException {
    try (Setup setup = new Setup()) {
      Path merged = overlay(setup).resolve("merged/origin");
      String before = Fixture.sha256(merged);
      Path undo = directory.resolve("undo");
      String job = Fixture.job(store, merged, true);
      String preserving = job.replace("{", "{\"verify\": true, \"undo\": \"" + undo + "\", ");
      new Launcher(directory).stdin(preserving).run("apply", "-").expect(0);
      assertNotEquals(before, Fixture.sha256(merged));
      new Launcher(directory).stdin(Fixture.job(undo, merged, true)).run("apply", "-").expect(0);
      assertEquals(before, Fixture.sha256(merged));
    }
  }

  @Test
  void aStoreOfALowerLayerIsNotItsOwnOrigin() throws IOException {
    try (Setup setup = new Setup()) {
      Path files = overlay(setup);
      Files.copy(store, files.resolve("lower/store"));
      Path merged = files.resolve("merged/store");
      String before = Fixture.sha256(merged);
      new Launcher(directory)
          .stdin(Fixture.job(merged, merged, true))
          .run("apply", "-")
          .expectProblem(78, "device.same");
      assertEquals(before, Fixture.sha256(merged));
    }
  }

  /** Possible since Linux 6.12, if the kernel is configured for it. */
  @Test
  void aFileSystemMountedStraightFromTheFile() throws IOException {
    Path content = Files.createDirectory(directory.resolve("content"));
    Files.write(content.resolve("file"), new byte[1 << 20]);
    Files.delete(origin);
    assumeTrue(Shell.succeeds("which", "mkfs.erofs"));
    Shell.run("mkfs.erofs", origin.toString(), content.toString());
    String before = Fixture.sha256(origin);
    try (Setup setup = new Setup()) {
      assumeTrue(setup.mountFile("erofs", origin, mountPoint), "the kernel mounts no files");
      Path link = Files.createLink(directory.resolve("link"), origin);
      refuses(link, "device.mounted");
      refuses(origin, "device.mounted");
      // Unmounted there, still mounted here.
      String unmount = "umount " + mountPoint + " && exec \"$@\"";
      Launcher elsewhere = new Launcher(directory);
      elsewhere.prefixedBy("unshare", "--mount", "sh", "-c", unmount, "sh");
      refuses(elsewhere, origin, "device.mounted", "device.use_unknown");
      Path renamed = Files.move(origin, directory.resolve("renamed"));
      Files.delete(link);
      refuses(renamed, "device.use_unknown");
      Files.move(renamed, origin);
      Path odd = Files.createDirectory(directory.resolve("odd\rname"));
      setup.bind(mountPoint, odd);
      refuses(elsewhere, origin, "device.mounted");
      assertEquals(before, Fixture.sha256(origin));
    }
  }

  @Test
  void swapByAnotherPath() throws IOException {
    Path link = Files.createLink(directory.resolve("link"), origin);
    Path other = Files.createDirectory(directory.resolve("other"));
    Shell.run("chmod", "600", origin.toString());
    StoreFile.sparse(origin, 0);
    Shell.run("fallocate", "--length", "4MiB", origin.toString());
    try (Setup setup = new Setup()) {
      setup.bind(directory, other);
      setup.swapOn(origin);
      String header = firstBytes();
      for (Path path : List.of(link, other.resolve("link"))) {
        assertEquals(ProblemCode.DEVICE_SWAP, InProcess.refusal(store, path).code());
        assertEquals(header, firstBytes());
      }
    }
  }

  /** The backing file is not visible from here. */
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
      refuses(upper, codes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "btrfs", "xfs"})
  void aLoopDeviceOnAnotherFileIsAllowed(String type) throws IOException {
    assumeTrue(type.equals("tmpfs") || Shell.succeeds("which", "mkfs." + type));
    try (Setup setup = new Setup()) {
      Path files = directory.resolve("files");
      if (type.equals("tmpfs")) {
        setup.tmpfs(Files.createDirectory(files), "64M");
      } else {
        setup.fileSystem(type, files, 320 << 20);
      }
      if (type.equals("btrfs")) {
        // No mount has the device number of its files.
        Shell.run("btrfs", "--quiet", "subvolume", "create", files.resolve("volume").toString());
        files = files.resolve("volume");
      }
      Path other = StoreFile.sparse(files.resolve("other"), 4 << 20);
      setup.mountNewFileSystem(setup.loop(other), mountPoint);
      String before = Fixture.sha256(other);
      Path output = Files.copy(origin, files.resolve("origin"));
      for (Path written : List.of(origin, output)) {
        Report report = InProcess.apply(store, written, true);
        assertEquals(Report.Status.APPLIED, report.status());
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
    Path files = Files.createDirectory(directory.resolve("files"));
    for (String layer : List.of("lower", "upper", "work", "merged")) {
      Files.createDirectory(files.resolve(layer));
    }
    Path lower = Files.copy(origin, files.resolve("lower/origin"));
    Shell.run("mkfs.ext4", "-q", lower.toString());
    return files;
  }

  private void refuses(Path output, String... codes) {
    String before = Fixture.sha256(output);
    String code = InProcess.refusal(store, output).code().code();
    assertTrue(List.of(codes).contains(code), code);
    assertEquals(before, Fixture.sha256(output));
  }

  private void refuses(Launcher launcher, Path output, String... codes) {
    String before = Fixture.sha256(output);
    Launcher.Result result = launcher.stdin(Fixture.job(store, output, true)).run("apply", "-");
    assertEquals(before, Fixture.sha256(output), result::stderr);
    result.expectOneOf(codes);
  }

  private void refusesOverlay(Path output, Path real) {
    String before = Fixture.sha256(real);
    String[] codes = {"device.mounted", "device.held", "device.use_unknown"};
    refuses(output, codes);
    assertEquals(before, Fixture.sha256(real));
  }

  private String firstBytes() throws IOException {
    try (InputStream in = Files.newInputStream(origin)) {
      return HexFormat.of().formatHex(in.readNBytes(4096));
    }
  }
}
