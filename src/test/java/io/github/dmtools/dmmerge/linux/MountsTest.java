package io.github.dmtools.dmmerge.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths in mounts, and layers of overlays, as in mountinfo. */
final class MountsTest {
  @ParameterizedTest
  @CsvSource({
    "/,     /mnt, /mnt/a/b, /a/b",
    "/,     /,    /a,       /a",
    "/sub,  /mnt, /mnt/a,   /sub/a",
    "/sub,  /,    /a,       /sub/a",
    "/,     /mnt, /mnta,    ",
    "/,     /mnt, /mnt,     ",
    "/,     /mnt, /other/a, ",
  })
  void locatesAPathInItsFileSystem(String root, String mountPoint, String path, String inside) {
    if (inside == null) {
      assertNull(mount(root, mountPoint, "").inside(path));
    } else {
      assertEquals(inside, mount(root, mountPoint, "").inside(path));
    }
  }

  @Test
  void layersOfAnOverlay() {
    assertEquals(
        List.of("/up", "/low1", "/low2"),
        mount("/", "/mnt", "rw,lowerdir=/low1:/low2,upperdir=/up,workdir=/w,xino=off").layers());
    assertEquals(
        List.of("/u,p q", "/lo:w", "/x"),
        mount("/", "/mnt", "rw,lowerdir=/lo\\134:w:/x,upperdir=/u\\054p\\040q").layers());
    assertEquals(
        List.of("/up", "/a", "/b"),
        mount("/", "/mnt", "rw,lowerdir+=/a,lowerdir+=/b,upperdir=/up").layers());
    assertEquals(List.of("/a"), mount("/", "/mnt", "ro,lowerdir=/a").layers());
  }

  private static Mounts.Mount mount(String root, String mountPoint, String options) {
    return new Mounts.Mount(1, null, null, root, mountPoint, "overlay", options, mountPoint, "");
  }
}
