package io.github.dmtools.dmmerge.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PrintableTest {
  @Test
  void keepsLettersOfAnyScript() {
    String text = "/srv/gr\u00f6\u00dfe \u6570 \u05d0 \ud83d\ude00 it's \\n ~";
    assertSame(text, Printable.line(text));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 7, '\n', '\r', 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0xad, 0x61c, 0x200b, 0x200e, 0x200f,
        0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0xd800, 0xdfff, 0xfeff
      })
  void escapesControlCharacters(int codePoint) {
    String shown = String.format("a\\u%04xb", codePoint);
    assertEquals(shown, Printable.line("a" + (char) codePoint + "b"));
  }

  @Test
  void escapesFormatCharactersOutsideTheBasicPlane() {
    assertEquals("\\udb40\\udc41", Printable.line(Character.toString(0xe0041)));
  }
}
