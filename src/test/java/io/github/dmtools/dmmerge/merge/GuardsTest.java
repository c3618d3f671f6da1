package io.github.dmtools.dmmerge.merge;

import static io.github.dmtools.dmmerge.merge.UsedDevices.beside;
import static io.github.dmtools.dmmerge.merge.UsedDevices.containingAll;
import static io.github.dmtools.dmmerge.merge.UsedDevices.itself;
import static io.github.dmtools.dmmerge.merge.UsedDevices.mounted;
import static io.github.dmtools.dmmerge.merge.UsedDevices.openElsewhere;
import static io.github.dmtools.dmmerge.merge.UsedDevices.partition;
import static io.github.dmtools.dmmerge.merge.UsedDevices.stacked;
import static io.github.dmtools.dmmerge.merge.UsedDevices.swap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.PhysicalRanges;
import io.github.dmtools.dmmerge.device.UsedDevice;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which uses of devices are refused. */
final class GuardsTest {
  private static final String PATH = "/dev/origin";

  /** LVM uuids: of a volume group, and of a volume. */
  private static final String GROUP_A = "LVM-" + "a".repeat(32);

  private static final String GROUP_B = "LVM-" + "b".repeat(32);
  private static final String VOLUME = "v".repeat(32);

  @Test
  void useOfTheDeviceItself() {
    UsedDevice origin = itself(PATH, null);
    refuses("", use(origin));
    refuses("device.mounted", use(mounted(origin, "/mnt")));
    refuses("device.swap", use(swap(origin)));
    refuses("device.in_use", use(openElsewhere(origin)));
    refuses("device.read_only", use(List.of(), true, origin, List.of(), List.of()));
    refuses(
        "device.use_unknown device.use_unknown",
        use(List.of("/sys is hidden", "/proc is hidden"), false, origin, List.of(), List.of()));
  }

  @Test
  void useOfUnderlyingDevices() {
    UsedDevice disk = itself("/dev/sda", null);
    refuses("", use(List.of(), false, itself(PATH, null), List.of(disk), List.of()));
    UsedDevice mounted = mounted(disk, "/mnt");
    refuses(
        "device.mounted", use(List.of(), false, itself(PATH, null), List.of(mounted), List.of()));
  }

  /** A uuid of "-" is not a device-mapper device. A and B are volume groups. */
  @ParameterizedTest
  @CsvSource({
    // Other users: a RAID array, a crypt, a bcache.
    "-,       -,               device.held",
    "-,       CRYPT-LUKS2-1-x, device.held",
    "A-real,  -,               device.held",
    "A-real,  CRYPT-LUKS2-1-x, device.held",
    "A-real,  mpath-aa,        device.held",
    // A volume of the group that has the origin as a physical volume.
    "-,       A,               device.held",
    "A,       B,               device.held",
    "A-real,  B,               device.held",
    // A volume with snapshots, and its snapshots, but nothing else on a hidden layer.
    "A-real,  A,               ''",
    "A-cow,   A,               device.held",
    "A-tdata, A-tpool,         device.held",
    "aa-real, A,               device.held",
    // Created with dmsetup, without a uuid.
    "-,       '',              ''",
    "'',      '',              ''",
  })
  void devicesBuiltOnTheOrigin(String origin, String other, String codes) {
    refuses(codes, use(itself(PATH, uuid(origin)), stacked("/dev/dm-1", uuid(other))));
  }

  @ParameterizedTest
  @CsvSource({
    "'', '',     false, ''",
    // A copy of a volume's table, created with dmsetup, and the volume.
    "'', A-real, true,  ''",
    "'', A,      false, device.held",
    "-,  -,      true,  device.held",
    "'', CRYPT,  true,  device.held",
    // Layers of one volume group: a pool and its thin volume.
    "A,  A-pool, false, ''",
    "A,  B,      false, device.held",
  })
  void devicesThatShareSectors(String origin, String other, boolean all, String codes) {
    UsedDevice beside = beside("/dev/dm-1", uuid(other));
    refuses(codes, use(itself(PATH, uuid(origin)), all ? containingAll(beside) : beside));
  }

  @Test
  void devicesThatShareSectorsMustNotBeInUse() {
    for (UsedDevice other :
        List.of(
            beside("/dev/mapper/alias", ""),
            partition(beside("/dev/sda1", null)),
            stacked("/dev/mapper/vg-data", GROUP_A + VOLUME))) {
      UsedDevice origin = itself(PATH, GROUP_A + VOLUME + "-real");
      refuses("", use(origin, other));
      refuses("device.mounted", use(origin, mounted(other, "/home")));
      refuses("device.swap", use(origin, swap(other)));
      refuses("device.in_use", use(origin, openElsewhere(other)));
      String message =
          Guards.againstWriting(PATH, use(origin, mounted(other, "/home"))).get(0).message();
      assertTrue(message.contains(other.path()) && message.contains("/home"), message);
    }
  }

  /** A pool, a cache and an array write even if they are not open. */
  @Test
  void targetsThatWriteInTheBackgroundAreRefused() {
    for (String target : List.of("thin-pool", "cache", "writecache", "raid", "mirror", "clone")) {
      refuses("device.held", use(itself(PATH, null), stacked("/dev/dm-1", "", "linear", target)));
      UsedDevice volume = stacked("/dev/dm-1", GROUP_A + VOLUME, target);
      refuses("device.held", use(itself(PATH, GROUP_A + VOLUME + "-real"), volume));
    }
  }

  @Test
  void aMergeByTheKernelIsRefused() {
    UsedDevice merging = stacked("/dev/mapper/m", GROUP_A + VOLUME, "snapshot-merge");
    UsedDevice layer = itself(PATH, GROUP_A + VOLUME + "-real");
    refuses("device.merging device.held", use(layer, merging));
    UsedDevice slow = stacked("/dev/mapper/slow", "", "delay", "linear");
    assertTrue(Guards.merging(PATH, use(layer, slow, merging)).isPresent());
    assertFalse(Guards.merging(PATH, use(layer, slow)).isPresent());
    assertEquals(
        "device.merging", Guards.againstReading(PATH, use(layer, merging)).get(0).code().code());
  }

  @ParameterizedTest
  @CsvSource({
    "STORE_NOT_A_STORE,   thin,   STORE_THIN",
    "STORE_UNINITIALIZED, thin,   STORE_THIN",
    "STORE_INVALID,       thin,   STORE_INVALID",
    "STORE_NOT_A_STORE,   linear, STORE_NOT_A_STORE",
  })
  void reportsAThinVolumeWithoutAStore(ProblemCode found, String target, ProblemCode reported) {
    DeviceUse input = use(stacked(PATH, GROUP_A + VOLUME, target));
    Problem problem = Problem.at(found, PATH, "as it was found");
    assertEquals(reported, Guards.withoutStore(PATH, input, problem).code());
  }

  @Test
  void anActiveScenarioIsAllowedWithAWarningAndClaimed() {
    UsedDevice layer = itself(PATH, GROUP_A + VOLUME + "-real");
    assertFalse(ActiveScenario.warning(PATH, use(layer)).isPresent());
    UsedDevice volume = stacked("/dev/mapper/vg-data", GROUP_A + VOLUME);
    DeviceUse active = use(layer, volume, partition(stacked("/dev/sda1", null)));
    assertEquals("device.active", ActiveScenario.warning(PATH, active).orElseThrow().code());
    assertEquals(List.of(volume), Guards.toClaim(active));
  }

  @Test
  void storeAndOriginMustNotShareSectors() {
    var problem = Guards.sameStorage("/in", use(itself(PATH, null)), "/out", use(itself("x", "")));
    assertEquals("device.same", problem.orElseThrow().code().code());
    DeviceUse other =
        new DeviceUse(
            List.of(),
            PhysicalRanges.whole("block:9:9", 100),
            false,
            itself("x", null),
            List.of(),
            List.of());
    assertFalse(Guards.sameStorage("/in", use(itself(PATH, null)), "/out", other).isPresent());
  }

  @Test
  void anOriginRemappedDuringTheRunIsRefused() {
    DeviceUse then = use(itself(PATH, ""));
    assertFalse(Guards.moved(PATH, then, use(itself(PATH, ""))).isPresent());
    for (PhysicalRanges ranges :
        List.of(
            PhysicalRanges.whole("block:8:16", 100),
            PhysicalRanges.whole("block:8:0", 99),
            PhysicalRanges.whole("block:8:0", 101))) {
      DeviceUse now =
          new DeviceUse(List.of(), ranges, false, itself(PATH, ""), List.of(), List.of());
      assertEquals("device.busy", Guards.moved(PATH, then, now).orElseThrow().code().code());
    }
  }

  private static @Nullable String uuid(String text) {
    return switch (text.isEmpty() ? ' ' : text.charAt(0)) {
      case '-' -> null;
      case 'A' -> GROUP_A + VOLUME + text.substring(1);
      case 'B' -> GROUP_B + VOLUME + text.substring(1);
      default -> text;
    };
  }

  private static DeviceUse use(UsedDevice origin, UsedDevice... others) {
    return use(List.of(), false, origin, List.of(), List.of(others));
  }

  private static DeviceUse use(
      List<String> unseen,
      boolean readOnly,
      UsedDevice origin,
      List<UsedDevice> beneath,
      List<UsedDevice> others) {
    PhysicalRanges ranges = PhysicalRanges.whole("block:8:0", 100);
    return new DeviceUse(unseen, ranges, readOnly, origin, beneath, others);
  }

  private static void refuses(String codes, DeviceUse use) {
    List<Problem> problems = Guards.againstWriting(PATH, use);
    assertEquals(
        codes, String.join(" ", problems.stream().map(found -> found.code().code()).toList()));
    problems.forEach(problem -> assertEquals(PATH, problem.path()));
  }
}
