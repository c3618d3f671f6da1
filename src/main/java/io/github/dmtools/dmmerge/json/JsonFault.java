package io.github.dmtools.dmmerge.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;

/** Where a text is not JSON, and why, in words of our own and not of the parser's library. */
final class JsonFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A longer pointer is left out of the sentence: its keys can have any length. */
  private static final int MAX_POINTER_CHARS = 200;

  private final @Nullable Long offset;
  private final @Nullable String pointer;

  private JsonFault(
      String sentence, @Nullable Long offset, @Nullable String pointer, Throwable cause) {
    super(sentence, cause);
    this.offset = offset;
    this.pointer = pointer;
  }

  /**
   * Translates what a parser reports.
   *
   * @param parser the one that failed, not closed yet
   */
  static JsonFault of(JacksonException e, JsonParser parser) {
    TokenStreamLocation at = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
    String pointer = parser.streamReadContext().pathAsPointer().toString();
    StringBuilder sentence = new StringBuilder(JsonSentence.of(e, parser));
    if (at.getLineNr() > 0) {
      sentence.append(" (line ").append(at.getLineNr());
      sentence.append(", column ").append(at.getColumnNr());
      if (!pointer.isEmpty() && pointer.length() <= MAX_POINTER_CHARS) {
        sentence.append(", at ").append(pointer);
      }
      sentence.append(')');
    }
    return new JsonFault(
        sentence.toString(),
        at.getByteOffset() < 0 ? null : at.getByteOffset(),
        pointer.isEmpty() ? null : pointer,
        e);
  }

  /** Translates what is noticed before there is a parser: the text is too long. */
  static JsonFault of(JacksonException e) {
    return new JsonFault(JsonSentence.of(e), null, null, e);
  }

  /** What is wrong: a clause without a full stop, with line, column and JSON pointer. */
  String sentence() {
    return String.valueOf(getMessage());
  }

  /** Byte offset in the text; null if it is not known. */
  @Nullable Long offset() {
    return offset;
  }

  /** JSON pointer to the value that the parser had reached; null for the text as a whole. */
  @Nullable String pointer() {
    return pointer;
  }
}
