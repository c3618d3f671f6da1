package io.github.dmtools.dmmerge.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.dmtools.dmmerge.device.DeviceContent;
import io.github.dmtools.dmmerge.device.DeviceContent.Usage;
import io.github.dmtools.dmmerge.device.Identification;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results and failures of libblkid. */
final class SignatureReaderTest {
  private static final int DEVICE = 7;
  private static final int PLACEHOLDER = 9;

  private final FakeLibC libC = new FakeLibC(new byte[0]);
  private final FakeBlkid blkid = new FakeBlkid();

  @Test
  void aFileSystem() {
    blkid.signature("TYPE", "ext4", "USAGE", "filesystem", "VERSION", "1.0", "UUID", "u-1");
    assertEquals(
        Identification.of(new DeviceContent("ext4", Usage.FILESYSTEM, "1.0", null, "u-1", null)),
        identify());
    assertEquals(
        List.of(
            "new",
            "device 9 0+1048576",
            "sector 4096",
            "partitions",
            "flags",
            "dup 7 to 9",
            "safe",
            "free"),
        blkid.calls);
  }

  @ParameterizedTest
  @CsvSource({
    "filesystem, FILESYSTEM",
    "raid, RAID",
    "crypto, CRYPTO",
    "other, OTHER",
    "new, OTHER",
    ", OTHER"
  })
  void usages(@Nullable String name, Usage usage) {
    blkid.signature("TYPE", "x");
    if (name != null) {
      blkid.values.get(0).put("USAGE", name);
    }
    DeviceContent content = identify().content();
    assertNotNull(content);
    assertEquals(usage, content.usage());
  }

  @Test
  void aPartitionTable() {
    blkid.signature("PTTYPE", "gpt", "PTUUID", "u-2");
    assertEquals(
        Identification.of(
            new DeviceContent("gpt", Usage.PARTITION_TABLE, null, null, "u-2", "gpt")),
        identify());
  }

  @Test
  void aFileSystemWithAPartitionTable() {
    blkid.signature("TYPE", "iso9660", "USAGE", "filesystem", "PTTYPE", "dos", "PTUUID", "u-3");
    assertEquals(
        Identification.of(new DeviceContent("iso9660", Usage.FILESYSTEM, null, null, null, "dos")),
        identify());
  }

  @Test
  void nothing() {
    blkid.safeprobe = LibBlkid.NOTHING;
    assertEquals(Identification.of(null), identify());
    assertEquals(Identification.of(null), reader().identify(DEVICE, 0, 512));
  }

  @Test
  void severalSignatures() {
    blkid.safeprobe = LibBlkid.AMBIVALENT;
    blkid.signature("TYPE", "ext4").signature("TYPE", "xfs").signature("PTTYPE", "dos");
    blkid.signature("TYPE", "ext4").signature();
    assertEquals(Identification.ambiguous(List.of("ext4", "xfs", "dos")), identify());
  }

  @Test
  void signaturesWithoutAnEnd() {
    blkid.safeprobe = LibBlkid.AMBIVALENT;
    for (int i = 0; i < 1000; i++) {
      blkid.signature("TYPE", "type" + i);
    }
    assertEquals(16, identify().conflicting().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"new", "device", "sector", "partitions", "flags", "dup", "safe", "memfd"})
  void aFailureIsReportedAndNothingIsLeftOpen(String call) {
    blkid.failing = call;
    Identification found = identify();
    assertNull(found.content());
    assertNotNull(found.unavailable());
    boolean probed = blkid.calls.contains("new") && !call.equals("new");
    assertEquals(probed, blkid.calls.contains("free"));
  }

  @Test
  void textIsBoundedAndPrintable() {
    assertNull(SignatureReader.text(new byte[0]));
    assertNull(SignatureReader.text(new byte[] {0, 'x'}));
    assertEquals("a", SignatureReader.text(new byte[] {'a', 0, 'x'}));
    assertEquals("ä \ud83d\ude00", text("ä \ud83d\ude00"));
    assertEquals("\ufffd[31m\ufffd\ufffd\ufffd", text("\u001b[31m\n\u009b\u202e"));
    assertEquals("\ufffdx", SignatureReader.text(new byte[] {(byte) 0xff, 'x'}));
    assertEquals("\ufffd", SignatureReader.text(new byte[] {(byte) 0xf0, (byte) 0x9f}));
    blkid.signature("TYPE", "ext4", "LABEL", "l".repeat(5000));
    DeviceContent content = identify().content();
    assertNotNull(content);
    assertEquals("l".repeat(256), content.label());
  }

  private static @Nullable String text(String raw) {
    return SignatureReader.text(raw.getBytes(StandardCharsets.UTF_8));
  }

  private Identification identify() {
    return reader().identify(DEVICE, 1 << 20, 4096);
  }

  private SignatureReader reader() {
    return new SignatureReader(libC, blkid);
  }

  /** Returns the signatures of the test; one call may fail. */
  private static final class FakeBlkid extends LibBlkid {
    final List<String> calls = new ArrayList<>();
    final List<Map<String, String>> values = new ArrayList<>();
    String failing = "";
    int safeprobe = FOUND;
    private int current;

    /** Adds a signature: names and values in turn. */
    FakeBlkid signature(String... namesAndValues) {
      Map<String, String> signature = new HashMap<>();
      for (int i = 0; i < namesAndValues.length; i += 2) {
        signature.put(namesAndValues[i], namesAndValues[i + 1]);
      }
      values.add(signature);
      return this;
    }

    private int call(String call) {
      calls.add(call);
      return !failing.isEmpty() && call.startsWith(failing) ? -1 : 0;
    }

    @Override
    public long blkid_new_probe() {
      return call("new") < 0 ? 0 : 0x7fff_0000_1000L;
    }

    @Override
    public int blkid_probe_set_device(long probe, int fd, long offset, long size) {
      return call("device " + fd + " " + offset + "+" + size);
    }

    @Override
    public int blkid_probe_set_sectorsize(long probe, int bytes) {
      return call("sector " + bytes);
    }

    @Override
    public int blkid_probe_enable_partitions(long probe, int enable) {
      return call("partitions");
    }

    @Override
    public int blkid_probe_set_superblocks_flags(long probe, int flags) {
      return call("flags");
    }

    @Override
    public int blkid_do_safeprobe(long probe) {
      return call("safe") < 0 ? -1 : safeprobe;
    }

    @Override
    public int blkid_do_probe(long probe) {
      current++;
      return current < values.size() ? FOUND : NOTHING;
    }

    @Override
    public void blkid_reset_probe(long probe) {
      current = -1;
    }

    @Override
    public byte @Nullable [] lookupValue(long probe, String name, int most) {
      String value = values.get(current).get(name);
      if (value == null) {
        return null;
      }
      byte[] bytes = (value + "\0").getBytes(StandardCharsets.UTF_8);
      return Arrays.copyOf(bytes, Math.min(most, bytes.length));
    }

    @Override
    public void blkid_free_probe(long probe) {
      calls.add("free");
    }

    @Override
    public int memfd_create(byte[] name, int flags) {
      return failing.equals("memfd") ? -1 : PLACEHOLDER;
    }

    @Override
    public int dup3(int from, int to, int flags) {
      return call("dup " + from + " to " + to) < 0 ? -1 : to;
    }
  }
}
