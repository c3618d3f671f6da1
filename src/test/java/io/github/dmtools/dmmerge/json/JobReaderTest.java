package io.github.dmtools.dmmerge.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class JobReaderTest {
  private static final String FULL =
      "{\"kind\":\"job\",\"schema_version\":1,\"input\":\"/dev/mapper/snap-cow\","
          + "\"output\":\"/dev/mapper/data-real\",\"direct\":true,\"relaxed\":true,\"force\":true,"
          + "\"expect\":\"plan.json\",\"retarget\":true,\"overwrite_foreign\":true,\"undo\":\"u\",\"audit\":\"a.jsonl\",\"verify\":true,"
          + "\"label\":\"CHG-4711 \u00e4\"}";

  @Test
  void readsEveryField() {
    Job job = read(FULL.getBytes(StandardCharsets.UTF_8));
    assertEquals(
        new Job(
            "/dev/mapper/snap-cow",
            "/dev/mapper/data-real",
            true,
            true,
            true,
            "plan.json",
            true,
            true,
            "u",
            "a.jsonl",
            true,
            "CHG-4711 \u00e4"),
        job);
  }

  @Test
  void fillsInTheDefaults() {
    Job expected = Job.plain("cow", null, false, false, false);
    assertEquals(expected, read(utf8("{\"input\":\"cow\"}")));
    assertEquals(expected, read(utf8("\ufeff {\"input\":\"cow\"}\n")), "byte order mark");
  }

  @Test
  void acceptsAnyCharactersInAPathUpToTheLimit() {
    String odd = "a'\"\n\t\u0001\u00e4\ud83d\ude00";
    assertEquals(odd, read(utf8(job("input", odd))).input());
    String longest = "x".repeat(4095);
    assertEquals(longest, read(utf8(job("input", longest))).input());
    assertEquals("/input", refused(utf8(job("input", longest + "x"))).pointer());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " \t\r\n",
        "{",
        "{\"input\":\"cow\"} x",
        "{\"input\":\"cow\",\"input\":\"cow\"}",
        "{\"input\":\"cow\",\"x\":{\"a\":1,\"a\":1}}",
        "not JSON"
      })
  void refusesInvalidJson(String text) {
    assertSyntax(utf8(text));
  }

  @Test
  void refusesWhatExceedsTheBounds() {
    assertSyntax(utf8("[".repeat(100_000)));
    assertSyntax(utf8("{\"input\":\"cow\",\"x\":" + "[".repeat(40) + "]".repeat(40) + "}"));
    assertSyntax(utf8(job("input", "cow") + " ".repeat(2 << 20)));
    assertSyntax(utf8(job("input", "x".repeat(2 << 20))));
    assertSyntax(utf8("{\"input\":\"cow\",\"x\":" + "1".repeat(100_000) + "}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "c3", "c0af", "eda080", "f4908080", "80"})
  void refusesInvalidUtf8(String hex) {
    byte[] json = utf8("{\"input\":\"....\"}");
    byte[] bad = HexFormat.of().parseHex(hex);
    System.arraycopy(bad, 0, json, 10, bad.length);
    assertSyntax(json);
    assertEquals(10, refused(json).offset());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "null | `` | the job must be an object, not null",
        "7 | `` | the job must be an object, not a number",
        "\"cow\" | `` | the job must be an object, not a string",
        "[{\"input\":\"cow\"}] | `` | the job must be an object, not an array",
        "{} | /input | the job's /input is missing",
        "{\"input\":null} | /input | the job's /input must be a string, not null",
        "{\"input\":1} | /input | the job's /input must be a string, not a number",
        "{\"input\":[\"cow\"]} | /input | the job's /input must be a string, not an array",
        "{\"input\":\"\"} | /input | the job's /input must not be empty",
        "{\"input\":\"a\\u0000b\"} | /input | the job's /input must not contain NUL",
        "{\"input\":\"\\ud800\"} | /input | the job's /input contains half of a surrogate pair",
        "{\"input\":\"\\udc00x\"} | /input | the job's /input contains half of a surrogate pair",
        "{\"input\":\"cow\",\"output\":null} | /output | the job's /output must be a string, not null",
        "{\"input\":\"cow\",\"output\":{}} | /output | the job's /output must be a string, not an object",
        "{\"input\":\"cow\",\"output\":\"\"} | /output | the job's /output must not be empty",
        "{\"input\":\"cow\",\"force\":\"true\"} | /force | the job's /force must be true or false, not a string",
        "{\"input\":\"cow\",\"force\":1} | /force | the job's /force must be true or false, not a number",
        "{\"input\":\"cow\",\"force\":null} | /force | the job's /force must be true or false, not null",
        "{\"input\":\"cow\",\"direct\":0.5} | /direct | the job's /direct must be true or false, not a number",
        "{\"input\":\"cow\",\"relaxed\":[]} | /relaxed | the job's /relaxed must be true or false, not an array",
        "{\"input\":\"cow\",\"label\":true} | /label | the job's /label must be a string, not true or false",
        "{\"input\":\"cow\",\"label\":\"\\ud800\"} | /label | the job's /label contains half of a surrogate pair",
        "{\"input\":\"cow\",\"expect\":\"sha256:1\"} | /expect | the job's /expect must be a path without NUL, or sha256: and 64 hexadecimal digits",
        "{\"input\":\"cow\",\"kind\":\"plan\"} | /kind | the job's /kind must be \"job\"",
        "{\"input\":\"cow\",\"schema_version\":2} | /schema_version | the job's /schema_version must be 1",
        "{\"input\":\"cow\",\"Force\":true} | /Force | the job's /Force is an unknown field",
        "{\"input\":\"cow\",\"a~/b\":true} | /a~0~1b | the job's /a~0~1b is an unknown field",
        "{\"input\":1,\"force\":1} | /input | the job's /input must be a string, not a number; 1 more field is wrong",
        "{\"input\":1,\"force\":1,\"x\":1} | /input | the job's /input must be a string, not a number; 2 more fields are wrong",
      })
  void refusesWhatBreaksTheSchema(String text, String pointer, String message) {
    Problem problem = refused(utf8(text));
    assertEquals(ProblemCode.JOB_SCHEMA, problem.code());
    assertEquals(pointer, problem.pointer());
    assertEquals(message, problem.message());
  }

  @Test
  void describesWhatIsTooLong() {
    assertEquals(
        "the job's /label must not be longer than 1024 characters",
        refused(utf8("{\"input\":\"cow\",\"label\":\"" + "x".repeat(1025) + "\"}")).message());
  }

  @Property(tries = 500)
  void neverFailsOtherwiseOnBytes(@ForAll byte[] json) {
    readOrRefuse(json);
  }

  /** Overwrites bytes of a valid job, also in encodings that a parser may guess. */
  @Property(tries = 1000)
  void neverFailsOtherwiseOnMutatedJobs(
      @ForAll @Size(max = 4) List<@IntRange(min = 0, max = 400) Integer> places,
      @ForAll @Size(4) byte[] values,
      @ForAll @IntRange(min = 0, max = 2) int encoding) {
    List<Charset> encodings =
        List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE);
    byte[] json = FULL.getBytes(encodings.get(encoding));
    for (int i = 0; i < places.size(); i++) {
      json[places.get(i) % json.length] = values[i];
    }
    readOrRefuse(json);
  }

  /** Tokens of jobs, in any order. */
  @Property(tries = 1000)
  void neverFailsOtherwiseOnTokens(
      @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 15) Integer> picks) {
    String[] tokens = {
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      "\"input\"",
      "\"output\"",
      "\"force\"",
      "\"\\ud800\"",
      "null",
      "true",
      "1e999999999",
      "-0",
      "\"/dev/x\"",
      "\"\\u0000\""
    };
    StringBuilder json = new StringBuilder("{\"input\":");
    picks.forEach(pick -> json.append(tokens[pick]));
    readOrRefuse(utf8(json.toString()));
    readOrRefuse(utf8(json.append('}').toString()));
  }

  /** Fails on any other exception, and on a problem whose document is invalid. */
  private static void readOrRefuse(byte[] json) {
    try {
      assertNotNull(read(json));
    } catch (ProblemException e) {
      ByteArrayOutputStream document = new ByteArrayOutputStream();
      Documents.write(e.problem(), document);
      DocumentSchema.requireValid(new JsonMapper().readTree(document.toByteArray()));
      assertTrue(
          List.of(ProblemCode.JOB_SYNTAX, ProblemCode.JOB_SCHEMA).contains(e.problem().code()));
    }
  }

  private static void assertSyntax(byte[] json) {
    Problem problem = refused(json);
    assertEquals(ProblemCode.JOB_SYNTAX, problem.code());
    assertTrue(problem.message().startsWith("the job is "), problem.message());
    assertNoLibraryWords(problem.message());
  }

  /** A message must not mention the libraries that read a job. */
  static void assertNoLibraryWords(String message) {
    for (String foreign :
        List.of("Feature", "Source:", "REDACTED", "Jackson", "jackson", "com.", "tools.", "`")) {
      assertFalse(message.contains(foreign), message);
    }
  }

  private static Problem refused(byte[] json) {
    Problem problem = assertThrows(ProblemException.class, () -> read(json)).problem();
    assertEquals("job.json", problem.path());
    return problem;
  }

  private static Job read(byte[] json) {
    return new JobReader("job.json").read(json);
  }

  private static String job(String field, String value) {
    return new JsonMapper().createObjectNode().put(field, value).toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
