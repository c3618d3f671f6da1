package io.github.dmtools.dmmerge.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;

/** Where a text is not JSON, and why, in words that do not depend on the parser. */
final class JsonSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A longer pointer is left out of the message: keys can have any length. */
  private static final int MAX_POINTER_CHARS = 200;

  private final @Nullable Long offset;
  private final @Nullable String pointer;

  private JsonSyntaxException(
      String sentence, @Nullable Long offset, @Nullable String pointer, Throwable cause) {
    super(sentence, cause);
    this.offset = offset;
    this.pointer = pointer;
  }

  /**
   * Translates an exception of a parser.
   *
   * @param parser the parser that failed, still open
   */
  static JsonSyntaxException of(JacksonException e, JsonParser parser) {
    TokenStreamLocation at = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
    String pointer = parser.streamReadContext().pathAsPointer().toString();
    StringBuilder sentence = new StringBuilder(JsonErrorMessage.of(e, parser));
    if (at.getLineNr() > 0) {
      sentence.append(" (line ").append(at.getLineNr());
      sentence.append(", column ").append(at.getColumnNr());
      if (!pointer.isEmpty() && pointer.length() <= MAX_POINTER_CHARS) {
        sentence.append(", at ").append(pointer);
      }
      sentence.append(')');
    }
    return new JsonSyntaxException(
        sentence.toString(),
        at.getByteOffset() < 0 ? null : at.getByteOffset(),
        pointer.isEmpty() ? null : pointer,
        e);
  }

  /** Translates an exception that was thrown before there is a parser: the text is too long. */
  static JsonSyntaxException of(JacksonException e) {
    return new JsonSyntaxException(JsonErrorMessage.of(e), null, null, e);
  }

  /** What is wrong, with line, column and JSON pointer, without a full stop. */
  String description() {
    return String.valueOf(getMessage());
  }

  /** Byte offset in the text; null if unknown. */
  @Nullable Long offset() {
    return offset;
  }

  /** JSON pointer to the value that the parser had reached; null for the text as a whole. */
  @Nullable String pointer() {
    return pointer;
  }
}
