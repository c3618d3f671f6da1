package io.github.dmtools.dmmerge.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.DeviceUse.Holder;
import io.github.dmtools.dmmerge.device.Storage;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Facts in, refusals out. */
final class GuardsTest {
  private static final String PATH = "/dev/origin";

  @ParameterizedTest
  @CsvSource({
    "false, '',   false, ''",
    "true,  '',   false, 'device.read_only'",
    "false, /mnt, false, 'device.mounted'",
    "false, '',   true,  'device.swap'",
    "true,  /mnt, true,  'device.read_only device.mounted device.swap'",
  })
  void itsOwnUse(boolean readOnly, String mountPoint, boolean swap, String codes) {
    List<String> mountPoints = mountPoint.isEmpty() ? List.of() : List.of(mountPoint);
    refuses(
        codes,
        new DeviceUse(
            true, disk(0, 10), List.of(), null, Set.of(), readOnly, mountPoints, swap, List.of()));
  }

  /** A dm uuid of "-" is none at all: the holder is no device-mapper device. */
  @ParameterizedTest
  @CsvSource({
    // Somebody else's: a partition in use, a raid, a crypt, a bcache.
    "-,            -,                     device.held",
    "-,            CRYPT-LUKS2-1-x,       device.held",
    "LVM-aa-real,  -,                     device.held",
    "LVM-aa-real,  CRYPT-LUKS2-1-x,       device.held",
    // A plain volume under LVM is somebody's; its hidden layers are the machinery.
    "-,            LVM-aa,                device.held",
    "LVM-aa,       LVM-bb,                device.held",
    "LVM-aa-real,  LVM-aa,                ''",
    "LVM-aa-cow,   LVM-bb,                ''",
    "LVM-aa-pool,  LVM-bb,                device.held",
    // What looks like a hidden layer and is not LVM's.
    "aa-real,      LVM-aa,                device.held",
    "LVM-aa-real,  mpath-aa,              device.held",
    // Made by hand with dmsetup, without a uuid.
    "-,            '',                    ''",
    "'',           '',                    ''",
  })
  void holders(String dmUuid, String holderUuid, String codes) {
    Holder holder = new Holder("/dev/dm-1", none(holderUuid), Set.of(), true, List.of(), false);
    refuses(codes, use(none(dmUuid), holder));
  }

  @Test
  void whatIsFurtherUpIsSomebodys() {
    Holder near = new Holder("/dev/mapper/snap", "", Set.of(), true, List.of(), false);
    Holder far = new Holder("/dev/mapper/crypt", "CRYPT-x", Set.of(), false, List.of(), false);
    refuses("device.held", use(null, near, far));
    Holder mounted =
        new Holder("/dev/mapper/crypt", "CRYPT-x", Set.of(), false, List.of("/srv"), false);
    refuses("device.mounted", use(null, near, mounted));
    Holder swap = new Holder("/dev/mapper/crypt", "CRYPT-x", Set.of(), false, List.of(), true);
    refuses("device.swap", use(null, near, swap));
  }

  @Test
  void whatTheKernelMergesIsRefused() {
    Holder merging =
        new Holder("/dev/mapper/vg-lv", "LVM-aa", Set.of("snapshot-merge"), true, List.of(), false);
    refuses("device.merging", use("LVM-aa-real", merging));
    Holder near = new Holder("/dev/mapper/slow", "", Set.of("delay"), true, List.of(), false);
    Holder far = new Holder("/dev/mapper/m", "", Set.of("snapshot-merge"), false, List.of(), false);
    assertTrue(Guards.merging(PATH, use(null, near, far)).isPresent());
    assertFalse(Guards.merging(PATH, use(null, near)).isPresent());
  }

  @ParameterizedTest
  @CsvSource({
    "STORE_NOT_A_STORE,   thin,   STORE_THIN",
    "STORE_UNINITIALIZED, thin,   STORE_THIN",
    "STORE_INVALID,       thin,   STORE_INVALID",
    "STORE_NOT_A_STORE,   linear, STORE_NOT_A_STORE",
  })
  void aThinVolumeWithoutAStoreIsNamed(ProblemCode found, String target, ProblemCode told) {
    DeviceUse input =
        new DeviceUse(
            true,
            disk(0, 10),
            List.of(),
            "LVM-aa",
            Set.of(target),
            false,
            List.of(),
            false,
            List.of());
    Problem problem = Problem.at(found, PATH, "as it was found");
    assertEquals(told, Guards.withoutStore(PATH, input, problem).code());
  }

  @Test
  void machineryThatIsMountedIsRefusedAllTheSame() {
    Holder origin =
        new Holder("/dev/mapper/vg-lv", "LVM-aa", Set.of(), true, List.of("/home"), false);
    refuses("device.mounted", use("LVM-aa-real", origin));
    List<Problem> problems = Guards.againstWriting(PATH, use("LVM-aa-real", origin));
    assertTrue(problems.get(0).message().contains("/dev/mapper/vg-lv"), problems.toString());
    assertTrue(problems.get(0).message().contains("/home"), problems.toString());
  }

  @Test
  void whatIsActiveIsAllowedWithAWarning() {
    assertFalse(Guards.activeWarning(PATH, use(null)).isPresent());
    assertFalse(Guards.isHeld(use(null)));
    DeviceUse active =
        use(
            "LVM-aa-real",
            new Holder("/dev/mapper/vg-lv", "LVM-aa", Set.of(), true, List.of(), false));
    assertEquals("device.active", Guards.activeWarning(PATH, active).orElseThrow().code());
    assertTrue(Guards.isHeld(active));
  }

  @Test
  void oneStorageIsNotBothStoreAndOrigin() {
    same(true, on(disk(0, 10)), on(disk(0, 10)));
    same(false, on(disk(0, 10)), on(disk(10, 10)));
    same(true, on(disk(0, 11)), on(disk(10, 10)));
    same(false, on(disk(0, 10)), on(new Storage("block:9:9", new ByteRange(0, 10))));
  }

  @Test
  void oneDoesNotLieInTheOther() {
    Storage file = new Storage("file:8:1:77", new ByteRange(0, 100));
    DeviceUse loop = on(new Storage("block:7:0", new ByteRange(0, 100)), file);
    same(true, loop, on(file));
    same(true, on(file), loop);
    DeviceUse partition = on(new Storage("block:8:1", new ByteRange(0, 5)), disk(5, 5));
    same(true, partition, on(disk(0, 10)));
    same(false, partition, on(new Storage("block:8:2", new ByteRange(0, 5)), disk(10, 5)));
  }

  /** Built on all of these, the last one the lowest. */
  private static DeviceUse on(Storage... builtOn) {
    return new DeviceUse(
        true,
        builtOn[builtOn.length - 1],
        List.of(builtOn),
        null,
        Set.of(),
        false,
        List.of(),
        false,
        List.of());
  }

  private static void same(boolean expected, DeviceUse input, DeviceUse output) {
    var problem = Guards.sameStorage("/in", input, "/out", output);
    assertEquals(expected, problem.isPresent());
    problem.ifPresent(found -> assertEquals("device.same", found.code().code()));
  }

  private static Storage disk(long offset, long length) {
    return new Storage("block:8:0", new ByteRange(offset, length));
  }

  private static DeviceUse use(@Nullable String dmUuid, Holder... holders) {
    return new DeviceUse(
        true,
        disk(0, 10),
        List.of(disk(0, 10)),
        dmUuid,
        Set.of(),
        false,
        List.of(),
        false,
        List.of(holders));
  }

  private static @Nullable String none(String uuid) {
    return uuid.equals("-") ? null : uuid;
  }

  private static void refuses(String codes, DeviceUse use) {
    List<Problem> problems = Guards.againstWriting(PATH, use);
    assertEquals(
        codes, String.join(" ", problems.stream().map(found -> found.code().code()).toList()));
    problems.forEach(problem -> assertEquals(PATH, problem.path()));
  }
}
