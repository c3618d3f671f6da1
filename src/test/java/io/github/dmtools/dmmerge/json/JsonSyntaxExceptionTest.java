package io.github.dmtools.dmmerge.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.StreamReadConstraints;

/** Messages for text that is not JSON. */
final class JsonSyntaxExceptionTest {
  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(3)
          .maxNumberLength(20)
          .maxNameLength(50)
          .maxStringLength(60)
          .maxDocumentLength(1000)
          .build();

  /** A text, the message for it, and the pointer. */
  private record Bad(byte[] json, String message, String pointer) {
    static Bad of(String json, String message, String pointer) {
      return new Bad(json.getBytes(StandardCharsets.UTF_8), message, pointer);
    }

    static Bad hex(String json, String message, String pointer) {
      return new Bad(HexFormat.of().parseHex(json), message, pointer);
    }

    @Override
    public String toString() {
      return message;
    }
  }

  static Stream<Bad> bad() {
    return Stream.of(
        Bad.of("{", "it ends before its object is closed (line 1, column 2)", ""),
        Bad.of("[1", "it ends before its array is closed (line 1, column 3, at /0)", "/0"),
        Bad.of("[\"a\",", "it ends before its array is closed (line 1, column 6, at /1)", "/1"),
        Bad.of("{\"a\"", "it ends before its object is closed (line 1, column 5, at /a)", "/a"),
        Bad.of("{\"a\":\"b", "it ends inside a string (line 1, column 8, at /a)", "/a"),
        Bad.of("{\"a", "it ends inside a key (line 1, column 4)", ""),
        Bad.of("[\"\\u12", "it ends inside an escape sequence (line 1, column 7, at /0)", "/0"),
        Bad.of("{}\n x", "there is text after its end (line 2, column 2)", ""),
        Bad.of("{}{}", "there is text after its end (line 1, column 3)", ""),
        Bad.of("{}}", "there is text after its end (line 1, column 3)", ""),
        Bad.of("1 2", "there is text after its end (line 1, column 3)", ""),
        Bad.of("{\"a\":1} // b", "a comment is not JSON: remove it (line 1, column 9)", ""),
        Bad.of("/* b */ {}", "a comment is not JSON: remove it (line 1, column 1)", ""),
        Bad.of("{\n# b\n}", "a comment is not JSON: remove it (line 2, column 1)", ""),
        Bad.of(
            "[1,\n  # b\n2]", "a comment is not JSON: remove it (line 2, column 3, at /1)", "/1"),
        Bad.of("{\"a\":1,}", "there is a comma before '}' (line 1, column 8, at /a)", "/a"),
        Bad.of("[1,]", "there is a comma before ']' (line 1, column 4, at /1)", "/1"),
        Bad.of("[,1]", "a value is missing before ',' (line 1, column 2, at /0)", "/0"),
        Bad.of("{\"a\":}", "a value is missing before '}' (line 1, column 6, at /a)", "/a"),
        Bad.of("{'a':1}", "a key needs double quotes, not single ones (line 1, column 2)", ""),
        Bad.of(
            "{\"a\":'b'}",
            "a string needs double quotes, not single ones (line 1, column 6, at /a)",
            "/a"),
        Bad.of("{a:1}", "a key in double quotes is expected, not 'a' (line 1, column 2)", ""),
        Bad.of(
            "{\"a\" 1}",
            "a colon is expected after the key, not '1' (line 1, column 6, at /a)",
            "/a"),
        Bad.of(
            "{\"a\":1 \"b\":2}",
            "a comma or '}' is expected, not '\"' (line 1, column 8, at /a)",
            "/a"),
        Bad.of("[1 2]", "a comma or ']' is expected, not '2' (line 1, column 4, at /1)", "/1"),
        Bad.of("[1}", "']' is expected, not '}' (line 1, column 3, at /0)", "/0"),
        Bad.of("]", "it begins with a bracket that closes nothing (line 1, column 1)", ""),
        Bad.of("{\"a\":NaN}", "'NaN' is not a JSON value (line 1, column 9, at /a)", "/a"),
        Bad.of(
            "{\"a\":-Infinity}",
            "'-Infinity' is not a JSON value (line 1, column 15, at /a)",
            "/a"),
        Bad.of(
            "{\"a\":{\"b\":[1,tru]}}",
            "'tru' is not a JSON value (line 1, column 14, at /a/b/1)",
            "/a/b/1"),
        Bad.of("nul", "'nul' is not a JSON value (line 1, column 1)", ""),
        Bad.of("{\"a\":@}", "a value is expected, not '@' (line 1, column 6, at /a)", "/a"),
        Bad.of(
            "{\"a\":\"b\nc\"}",
            "control character U+000A in a string must be escaped (line 1, column 8, at /a)",
            "/a"),
        Bad.of(
            "{\"a\tb\":1}",
            "control character U+0009 in a key must be escaped (line 1, column 4)",
            ""),
        Bad.of("\u0001{}", "control character U+0001 is not allowed (line 1, column 1)", ""),
        Bad.of(
            "{\"a\":[{\"b\":1,\"b\":2}]}",
            "the key \"b\" occurs twice (line 1, column 17, at /a/0/b)",
            "/a/0/b"),
        Bad.of(
            "{\"a\":\"\\q\"}",
            "'\\q' is not an escape sequence of JSON (line 1, column 8, at /a)",
            "/a"),
        Bad.of(
            "{\"a\":\"\\u12g4\"}",
            "an escape \\u needs four hexadecimal digits, not 'g' (line 1, column 11, at /a)",
            "/a"),
        Bad.of("{\"a\":01}", "a number must not begin with 0 (line 1, column 7, at /a)", "/a"),
        Bad.of("{\"a\":+1}", "a number must not begin with '+' (line 1, column 7, at /a)", "/a"),
        Bad.of(
            "{\"a\":1.}",
            "a digit is missing after a decimal point (line 1, column 8, at /a)",
            "/a"),
        Bad.of("{\"a\":1e}", "a digit is missing in an exponent (line 1, column 8, at /a)", "/a"),
        Bad.of("{\"a\":-}", "a digit is missing after '-' (line 1, column 7, at /a)", "/a"),
        Bad.of("{\"a\":0x10}", "a number must be decimal (line 1, column 7, at /a)", "/a"),
        Bad.of(
            "[[[[", "it is nested more than 3 levels deep (line 1, column 5, at /0/0/0)", "/0/0/0"),
        Bad.of(
            "{\"a\":" + "1".repeat(21) + "}",
            "a number has more than 20 digits (line 1, column 27, at /a)",
            "/a"),
        Bad.of(
            "[\"" + "x".repeat(61) + "\"]",
            "a string is longer than 60 characters (line 1, column 65, at /0)",
            "/0"),
        Bad.of(
            "{\"" + "k".repeat(51) + "\":1}",
            "a key is longer than 50 characters (line 1, column 55)",
            ""),
        Bad.hex("5b22c322", "it is not UTF-8 (line 1, column 5, at /0)", "/0"),
        Bad.hex("5bff5d", "it is not UTF-8 (line 1, column 3, at /0)", "/0"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void describesWhatIsWrongAndWhere(Bad bad) {
    JsonSyntaxException fault = failure(bad.json());
    JobReaderTest.assertNoLibraryWords(fault.description());
    assertEquals(bad.message(), fault.description());
    assertEquals(bad.pointer(), fault.pointer() == null ? "" : fault.pointer());
    Long offset = fault.offset();
    assertTrue(offset != null && offset >= 0 && offset <= bad.json().length, fault.description());
  }

  private static JsonSyntaxException failure(byte[] json) {
    return assertThrows(JsonSyntaxException.class, () -> new JsonTreeReader(BOUNDS).read(json));
  }

  /** A message repeats only characters of the text. */
  @Property(tries = 2000)
  void neverMentionsTheParser(
      @ForAll @Size(min = 1, max = 5) java.util.List<@IntRange(max = 34) Integer> picks) {
    String[] tokens = {
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      "\"a\"",
      "\"a",
      "'",
      "/",
      "//",
      "/*",
      "#",
      "+",
      "-",
      ".",
      "0",
      "1",
      "e",
      "N",
      "NaN",
      "true",
      "nul",
      "\\",
      "\u0000",
      "\n",
      "\u00e4",
      "\u2028",
      "\ufeff",
      "\ud83d\ude00",
      "(",
      ";",
      "=",
      "\t",
      "Infinity"
    };
    StringBuilder json = new StringBuilder();
    picks.forEach(pick -> json.append(tokens[pick]));
    try {
      new JsonTreeReader(BOUNDS).read(json.toString().getBytes(StandardCharsets.UTF_8));
    } catch (JsonSyntaxException e) {
      JobReaderTest.assertNoLibraryWords(e.description());
      assertTrue(!e.description().startsWith("it is malformed"), () -> json + ": " + e.getCause());
    }
  }

  @ParameterizedTest
  @MethodSource("bad")
  void describesPlansAlike(Bad bad) throws IOException {
    byte[] kind = "{\"kind\":\"plan\",\"x\":".getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    json.write(kind);
    json.write(bad.json());
    json.write('}');
    JobReaderTest.assertNoLibraryWords(refused(json.toByteArray()).message());
  }

  @Test
  void describesWhereAPlanIsNotJson() throws IOException {
    String json = "{\"kind\":\"plan\",\n\"schema_version\":1,}";
    Problem problem = refused(json.getBytes(StandardCharsets.UTF_8));
    assertEquals(
        "the approved plan p is not valid JSON:"
            + " there is a comma before '}' (line 2, column 20, at /schema_version)",
        problem.message());
    assertEquals(35, problem.offset());
    json = "{\"schema_version\":99999999999999999999}";
    assertEquals(
        "the approved plan p is not valid JSON:"
            + " a number is out of range (line 1, column 39, at /schema_version)",
        refused(json.getBytes(StandardCharsets.UTF_8)).message());
    assertEquals(
        "the approved plan p is not a plan: its kind is missing or wrong",
        refused("{\"kind\":\"job\"}".getBytes(StandardCharsets.UTF_8)).message());
  }

  @Test
  void describesDamagedCompression() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(file)) {
      gzip.write("{\"kind\":\"plan\"}".repeat(9).getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = file.toByteArray();
    byte[] damaged = whole.clone();
    damaged[10] = (byte) 0xff;
    for (byte[] bad : new byte[][] {damaged, Arrays.copyOf(whole, 20)}) {
      String message = refused(bad).message();
      assertTrue(message.contains("its compressed data is damaged"), message);
      JobReaderTest.assertNoLibraryWords(message);
    }
  }

  private static Problem refused(byte[] json) {
    ProblemException refused =
        assertThrows(
            ProblemException.class,
            () -> {
              try (ApprovedPlan plan = PlanReader.open("p", new ByteArrayInputStream(json))) {
                while (plan.next() != null) {
                  // Read to the end.
                }
                plan.facts();
              }
            });
    assertEquals(ProblemCode.PLAN_SYNTAX, refused.problem().code());
    return refused.problem();
  }
}
