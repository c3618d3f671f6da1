package io.github.dmtools.dmmerge.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.dmtools.dmmerge.device.MemoryDisk;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Headers built from the formats' specifications. */
final class ImageFormatTest {
  private static final int BYTES = 64 << 10;

  /** Two pairs of an offset and bytes in hexadecimal. A negative offset counts from the end. */
  @ParameterizedTest
  @CsvSource({
    "qcow,      1,    0,    514649fb00000001,                     0,    51",
    "qcow2,     2,    0,    514649fb00000002,                     0,    51",
    "qcow2,     3,    0,    514649fb00000003,                     0,    51",
    "qed,       ,     0,    514544000000010004000000,             0,    51",
    "vmdk,      1,    0,    4b444d5601000000,                     0,    4b",
    "vmdk,      3,    0,    4b444d5603000000,                     0,    4b",
    "vmdk,      1,    0,    434f574401000000,                     0,    43",
    "vmdk,      2.1,  0,    bebafeca000000000100000002000000,     0,    be",
    "vdi,       1.1,  0x40, 7f10dabe01000100,                     0,    3c3c3c",
    "vdi,       0.1,  0x40, 7f10dabe01000000,                     0,    00",
    "vhdx,      ,     0,    7668647866696c65,                     0,    76",
    "parallels, 2,    0,    576974686f757446726565537061636502000000, 0, 57",
    "parallels, 2,    0,    576974686f75467265537061634578740200000000, 0, 57",
    "bochs,     2,    0,    426f636873205669727475616c20484420496d61676500, 64, 00000200",
    "vpc,       1.0,  0,    636f6e6563746978000000020001000000, 0x3c, 00000003",
    "vpc,       1.0,  -512, 636f6e6563746978000000020001000000, -452, 00000004",
    "dmg,       4,    -512, 6b6f6c790000000400000200,             0,    00",
  })
  void recognises(
      String type, String version, String first, String bytes, String second, String more) {
    ImageFormat format = ImageFormat.of(disk(image(first, bytes, second, more)).openForReading());
    assertEquals(new ImageFormat(type, version, false), format);
  }

  @Test
  void aFixedVhdIsRawExceptForItsFooter() {
    byte[] image = image("-512", "636f6e6563746978000000020001000000", "-452", "00000002");
    assertEquals(new ImageFormat("vpc", "1.0", true), ImageFormat.of(disk(image).openForReading()));
  }

  @ParameterizedTest
  @CsvSource({
    // Unknown versions.
    "0,    514649fb00000000, 0, 51",
    "0,    514649fb00000004, 0, 51",
    "0,    4b444d5604000000, 0, 4b",
    "0,    4b444d5600000000, 0, 4b",
    "0x40, 7f10dabe01000200, 0, 00",
    "0,    576974686f757446726565537061636503000000, 0, 57",
    "0,    426f636873205669727475616c20484420496d61676500, 64, 00000300",
    "0,    426f636873205669727475616c20484420496d61676500, 64, 01000100",
    "-512, 6b6f6c790000000500000200, 0, 00",
    "-512, 6b6f6c790000000400000201, 0, 00",
    // Not a power of two, too small, too many.
    "0,    514544000000030004000000, 0, 51",
    "0,    514544000008000004000000, 0, 51",
    "0,    514544000000010011000000, 0, 51",
    // Neither fixed, dynamic nor differencing; another version.
    "0,    636f6e6563746978000000020001000000, 0x3c, 00000005",
    "0,    636f6e6563746978000000020002000000, 0x3c, 00000003",
    // Incomplete or misplaced magic numbers.
    "0,    514649fa00000003, 0, 51",
    "1,    514649fb00000003, 0, 00",
    "0,    7668647866696c00, 0, 76",
    "0x44, 7f10dabe01000100, 0, 00",
    "-511, 6b6f6c790000000400000200, 0, 00",
    "0,    00,               0, 00",
  })
  void recognisesNothing(String first, String bytes, String second, String more) {
    assertNull(ImageFormat.of(disk(image(first, bytes, second, more)).openForReading()));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "4, ", "9, ", ",  "})
  void recognisesAVmdkDescriptor(String version, String found) {
    String text = "# Disk DescriptorFile\nversion=" + (version == null ? "" : version);
    for (String end : new String[] {"\nencoding=\"UTF-8\"\nCID=fffffffe\n", "\n"}) {
      MemoryDisk disk = disk((text + end).getBytes(StandardCharsets.ISO_8859_1));
      ImageFormat format = ImageFormat.of(disk.openForReading());
      assertEquals(found == null ? null : new ImageFormat("vmdk", found, false), format);
    }
  }

  @Test
  void aTruncatedDescriptor() {
    String text = "# Disk DescriptorFile\n" + "#".repeat(512 - 22 - 9) + "\nversion=1";
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    assertNull(ImageFormat.of(disk(bytes).openForReading()));
  }

  @Test
  void devicesOfAnySize() {
    for (int bytes : new int[] {0, 1, 3, 64, 511, 512, 513, 1023}) {
      assertNull(ImageFormat.of(disk(new byte[bytes]).openForReading()), bytes + " bytes");
      byte[] random = new byte[bytes];
      new Random(bytes).nextBytes(random);
      assertNull(ImageFormat.of(disk(random).openForReading()), bytes + " bytes");
    }
    assertNotNull(ImageFormat.of(disk(bytes("514649fb00000003")).openForReading()));
  }

  private static MemoryDisk disk(byte[] content) {
    return new MemoryDisk("/images/disk", content);
  }

  private static byte[] image(String first, String bytes, String second, String more) {
    byte[] image = new byte[BYTES];
    put(image, second, more);
    put(image, first, bytes);
    return image;
  }

  private static void put(byte[] image, String offset, String hex) {
    int at = Integer.decode(offset);
    byte[] bytes = bytes(hex);
    System.arraycopy(bytes, 0, image, at < 0 ? image.length + at : at, bytes.length);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
