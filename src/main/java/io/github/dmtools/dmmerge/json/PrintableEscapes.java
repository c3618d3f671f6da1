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
 * JSON may hold DEL, C1 and format characters as they are. Documents are shown on terminals too, so
 * that these are escaped as the C0 characters are; a parser gives the same string back. Characters
 * beyond the first plane are not changed.
 */
final class PrintableEscapes extends CharacterEscapes {
  private static final long serialVersionUID = 1L;
  private static final int DEL = 0x7f;
  private static final CharacterEscapes INSTANCE = new PrintableEscapes();

  private PrintableEscapes() {}

  /** A generator that escapes so, and leaves {@code out} open. */
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

  /** What the generator writes between the quotes of a string, in UTF-8. */
  static byte[] quote(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = generator(bytes)) {
      json.writeString(text);
    }
    byte[] string = bytes.toByteArray();
    return Arrays.copyOfRange(string, 1, string.length - 1);
  }
}
