package io.github.dmtools.dmmerge.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlanInputTest {
  /**
   * However reads split the bytes, they are accepted if and only if Java's decoder accepts them.
   */
  @Property
  void takesUtf8AndNothingElse(@ForAll byte[] bytes, @ForAll @IntRange(min = 1, max = 9) int step) {
    byte[] text = new String(bytes, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8);
    assertSameAsDecoder(bytes, step);
    assertSameAsDecoder(text, step);
  }

  private static void assertSameAsDecoder(byte[] bytes, int step) {
    boolean utf8;
    try {
      utf8 =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes))
              .chars()
              .noneMatch(c -> c == 0);
    } catch (CharacterCodingException e) {
      utf8 = false;
    }
    if (utf8) {
      assertArrayEquals(bytes, read(bytes, step));
    } else {
      assertThrows(IllegalArgumentException.class, () -> read(bytes, step));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 4096})
  void acceptsCharactersAcrossReads(int step) {
    byte[] text = "a\u00e4\u6570\ud83d\ude00\ufeff".repeat(5000).getBytes(StandardCharsets.UTF_8);
    assertArrayEquals(text, read(text, step));
    byte[] cut = Arrays.copyOf(text, text.length - 1);
    assertThrows(IllegalArgumentException.class, () -> read(cut, step));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "c0af", "eda080", "f4908080", "80", "00", "fffe7b00", "feff007b"})
  void refusesWhatIsNoUtf8(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    for (int step = 1; step < 5; step++) {
      int reads = step;
      assertThrows(IllegalArgumentException.class, () -> read(bytes, reads));
    }
  }

  @Test
  void refusesMoreThanIsAllowed() throws IOException {
    PlanInput input = input("x".repeat(100).getBytes(StandardCharsets.US_ASCII));
    input.allow(10);
    assertEquals(10, input.read(new byte[10]));
    assertThrows(IllegalArgumentException.class, input::read);
    input.allow(2);
    assertEquals('x', input.read());
    assertEquals('x', input.read());
    assertThrows(IllegalArgumentException.class, input::read);
  }

  private static PlanInput input(byte[] bytes) {
    return new PlanInput(new ByteArrayInputStream(bytes), IllegalArgumentException::new);
  }

  private static byte[] read(byte[] bytes, int step) {
    PlanInput input = input(bytes);
    input.allow(bytes.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[step + 1];
    try {
      for (int n = input.read(buffer, 1, step); n >= 0; n = input.read(buffer, 1, step)) {
        out.write(buffer, 1, n);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }
}
