package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.problem.Printable;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;

/**
 * Escapes DEL, C1 and format characters, which JSON allows unescaped: documents are also shown on
 * terminals. A parser returns the same string. Characters outside the basic multilingual plane are
 * not changed.
 */
final class PrintableEscapes extends CharacterEscapes {
  private static final long serialVersionUID = 1L;
  private static final int DEL = 0x7f;
  private static final CharacterEscapes INSTANCE = new PrintableEscapes();

  private PrintableEscapes() {}

  /** Creates a generator with these escapes, which leaves {@code out} open. */
  static JsonGenerator generator(OutputStream out) {
    JsonFactoryBuilder builder = JsonFactory.builder();
    builder.characterEscapes(INSTANCE).disable(StreamWriteFeature.AUTO_CLOSE_TARGET);
    return builder.build().createGenerator(ObjectWriteContext.empty(), out);
  }

  @Override
  public int[] getEscapeCodesForAscii() {
    int[] codes = standardAsciiEscapesForJSON();
    codes[DEL] = ESCAPE_STANDARD;
    return codes;
  }

  @Override
  public @Nullable SerializableString getEscapeSequence(int unit) {
    if (Character.isSurrogate((char) unit) || Printable.isPrintable(unit)) {
      return null;
    }
    return new SerializedString(String.format("\\u%04X", unit));
  }

  /** Returns the UTF-8 that the generator writes between the quotes of a string. */
  static byte[] quote(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = generator(bytes)) {
      json.writeString(text);
    }
    byte[] string = bytes.toByteArray();
    return Arrays.copyOfRange(string, 1, string.length - 1);
  }
}
