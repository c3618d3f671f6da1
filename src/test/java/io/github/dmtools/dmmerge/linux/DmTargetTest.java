package io.github.dmtools.dmmerge.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Targets as in {@code dmsetup table}, in sectors, and the location of their bytes. */
final class DmTargetTest {
  private static final long SECTOR = 512;

  /** A range is {@code DEVICE@SECTOR+SECTORS}, followed by {@code ?} if it is not exact. */
  @ParameterizedTest
  @CsvSource({
    "linear,          254:0 2048,                         254:0@2058+4",
    "flakey,          254:0 2048 1 1 1 error_writes,      254:0@2058+4",
    "delay,           8:1 10 5,                           8:1@20+4",
    "delay,           8:1 10 5 8:2 20 5,                  8:1@20+4 8:2@30+4",
    "log-writes,      254:1 8:1,                          254:1@110+4 8:1?",
    "snapshot-origin, 254:1,                              254:1@110+4",
    "snapshot,        254:1 254:2 P 8,                    254:1@110+4 254:2?",
    "snapshot-merge,  254:1 254:2 P 8 1 discard_zeroes,   254:1@110+4 254:2?",
    "crypt,           aes-xts-plain64 - 0 8:1 4096 1 x,   8:1@4106+4",
    "mirror,          core 2 1024 nosync 2 8:1 0 8:2 100, 8:1@10+4 8:2@110+4",
    "mirror,          disk 2 8:3 1024 2 8:1 0 8:2 0 1 x,  8:3? 8:1@10+4 8:2@10+4",
    "striped,         2 128 8:1 10 8:2 20,                8:1@10+50? 8:2@20+50?",
    "thin,            254:9 7,                            254:9?7",
    "thin,            254:9 7 8:1,                        254:9?7 8:1?",
    "error,           '',                                 ''",
    "zero,            '',                                 ''",
  })
  void locatesBytes(String type, String parameters, String expected) {
    DmTarget target = new DmTarget(sectors(100, 100), type, parameters);
    assertEquals(
        expected,
        Objects.requireNonNull(target.lower(sectors(110, 4))).stream()
            .map(DmTargetTest::text)
            .collect(Collectors.joining(" ")));
  }

  @Test
  void unsupportedTargets() {
    assertNull(
        new DmTarget(sectors(0, 8), "raid", "raid1 3 0 region_size 1024 2 - 8:1 - 8:2")
            .lower(sectors(0, 8)));
    for (String parameters : new String[] {"", "8:1", "8:1 x", "x 0", "8:1 9223372036854775807"}) {
      assertNull(new DmTarget(sectors(0, 8), "linear", parameters).lower(sectors(0, 8)));
    }
  }

  private static ByteRange sectors(long first, long count) {
    return new ByteRange(first * SECTOR, count * SECTOR);
  }

  private static String text(DmTarget.Lower lower) {
    ByteRange range = lower.range();
    String place =
        range == null ? "" : "@" + range.offset() / SECTOR + "+" + range.length() / SECTOR;
    return lower.device() + place + (lower.part() == null ? "" : "?" + lower.part());
  }
}
