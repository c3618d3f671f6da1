package io.github.dmtools.dmmerge.json;

import java.io.EOFException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/**
 * Error messages for text that is not JSON. The parser's errors have no codes, only messages that
 * name its own settings. Only the beginning of such a message and the character in it are used; an
 * unknown message becomes a general one.
 */
final class JsonErrorMessage {
  private static final Pattern CODE = Pattern.compile("\\(code (\\d+)|code (\\d+)\\)");
  private static final Pattern QUOTED = Pattern.compile("'(.*?)'[ :]", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("\"(.*)\"", Pattern.DOTALL);
  private static final Pattern LIMIT = Pattern.compile("maximum allowed \\((\\d+)");
  private static final int MAX_WORD_CHARS = 40;

  private JsonErrorMessage() {}

  /** The message of an exception that was thrown before there is a parser. */
  static String of(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage());
    return e instanceof StreamConstraintsException ? tooMuch(message) : other(message);
  }

  static String of(JacksonException e, JsonParser parser) {
    String message = String.valueOf(e.getOriginalMessage());
    if (e instanceof StreamConstraintsException) {
      return tooMuch(message);
    }
    if (e instanceof InputCoercionException) {
      return "a number is out of range";
    }
    if (e instanceof JacksonIOException) {
      boolean compressed =
          e.getCause() instanceof ZipException || e.getCause() instanceof EOFException;
      return compressed ? "its compressed data is damaged or cut" : "it cannot be read";
    }
    if (e instanceof UnexpectedEndOfInputException
        || message.startsWith("Unexpected end-of-input")) {
      return end(message);
    }
    if (message.startsWith(JsonTreeReader.SURPLUS) || isPastEnd(parser)) {
      return isComment(message) ? comment() : JsonTreeReader.SURPLUS;
    }
    if (message.startsWith("Unexpected character")) {
      return character(message, parser);
    }
    return other(message);
  }

  private static String tooMuch(String message) {
    String limit = group(LIMIT, message, "allowed");
    if (message.startsWith("Document nesting depth")) {
      return "it is nested more than " + limit + " levels deep";
    }
    if (message.startsWith("Number")) {
      return "a number has more than " + limit + " digits";
    }
    if (message.startsWith("Name")) {
      return "a key is longer than " + limit + " characters";
    }
    if (message.startsWith("String")) {
      return "a string is longer than " + limit + " characters";
    }
    return "it is longer than " + limit + " bytes";
  }

  private static String end(String message) {
    if (message.contains("VALUE_STRING")) {
      return "it ends inside a string";
    }
    if (message.contains("property name")) {
      return "it ends inside a key";
    }
    if (message.contains("escape")) {
      return "it ends inside an escape sequence";
    }
    return message.contains("Array")
        ? "it ends before its array is closed"
        : message.contains("Object") ? "it ends before its object is closed" : "it ends too early";
  }

  /** True if the root value is complete. A string may still be incomplete: it is read lazily. */
  private static boolean isPastEnd(JsonParser parser) {
    return parser.streamReadContext().inRoot()
        && parser.currentToken() != null
        && parser.currentToken() != JsonToken.VALUE_STRING;
  }

  private static boolean isComment(String message) {
    return message.contains("comment") || message.contains("('#' ");
  }

  private static String comment() {
    return "a comment is not JSON: remove it";
  }

  private static String character(String message, JsonParser parser) {
    String what = "'" + named(message) + "'";
    if (isComment(message)) {
      return comment();
    }
    if (message.contains("in numeric value")) {
      return number(message);
    }
    if (message.contains("hexadecimal")) {
      return "a number must be decimal";
    }
    if (message.contains("hex-digit")) {
      return "an escape \\u needs four hexadecimal digits, not " + what;
    }
    if (message.contains("to start property name")) {
      return what.equals("'}'")
          ? "there is a comma before '}'"
          : what.equals("'''")
              ? "a key needs double quotes, not single ones"
              : "a key in double quotes is expected, not " + what;
    }
    if (message.contains("expecting a colon")) {
      return "a colon is expected after the key, not " + what;
    }
    if (message.contains("expecting comma")) {
      String close = parser.streamReadContext().inArray() ? "]" : "}";
      return "a comma or '" + close + "' is expected, not " + what;
    }
    return value(what, parser);
  }

  private static String number(String message) {
    if (message.contains("plus sign")) {
      return "a number must not begin with '+'";
    }
    if (message.contains("Decimal point")) {
      return "a digit is missing after a decimal point";
    }
    return message.contains("Exponent")
        ? "a digit is missing in an exponent"
        : "a digit is missing after '-'";
  }

  private static String value(String what, JsonParser parser) {
    boolean inArray = parser.streamReadContext().inArray();
    if (what.equals("']'") && inArray && parser.streamReadContext().getCurrentIndex() > 0) {
      return "there is a comma before ']'";
    }
    if (what.equals("'''")) {
      return "a string needs double quotes, not single ones";
    }
    return what.equals("'}'") || what.equals("','") || what.equals("']'")
        ? "a value is missing before " + what
        : "a value is expected, not " + what;
  }

  private static String other(String message) {
    if (message.startsWith("Duplicate")) {
      return "the key \"" + group(NAME, message, "") + "\" occurs twice";
    }
    if (message.startsWith("Illegal unquoted")) {
      String where = message.endsWith("name") ? "a key" : "a string";
      return "control character " + codePoint(message) + " in " + where + " must be escaped";
    }
    if (message.startsWith("Illegal character")) {
      return "control character " + codePoint(message) + " is not allowed";
    }
    if (message.startsWith("Unrecognized token") || message.startsWith("Non-standard token")) {
      return "'" + group(QUOTED, message, "this") + "' is not a JSON value";
    }
    if (message.startsWith("Unrecognized character escape")) {
      return "'\\" + named(message) + "' is not an escape sequence of JSON";
    }
    if (message.startsWith("Unexpected close marker")) {
      Matcher close = Pattern.compile("marker '(.)': expected '(.)'").matcher(message);
      return close.find()
          ? "'" + close.group(2) + "' is expected, not '" + close.group(1) + "'"
          : "it begins with a bracket that closes nothing";
    }
    if (message.startsWith("Invalid numeric value")) {
      return "a number must not begin with 0";
    }
    return message.startsWith("Invalid UTF-8") ? "it is not UTF-8" : "it is malformed";
  }

  /** The character whose code a message has. */
  private static String named(String message) {
    int code = code(message);
    return Character.isValidCodePoint(code) ? Character.toString(code) : "?";
  }

  private static String codePoint(String message) {
    return String.format("U+%04X", code(message));
  }

  private static int code(String message) {
    Matcher code = CODE.matcher(message);
    return code.find()
        ? Integer.parseInt(code.group(1) != null ? code.group(1) : code.group(2))
        : -1;
  }

  private static String group(Pattern pattern, String message, String otherwise) {
    Matcher matcher = pattern.matcher(message);
    String found = matcher.find() ? matcher.group(1) : otherwise;
    return found.length() <= MAX_WORD_CHARS ? found : found.substring(0, MAX_WORD_CHARS) + "...";
  }
}
