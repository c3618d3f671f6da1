package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Streams the members of a plan within bounds. The typed methods read the value of the current
 * member, and throw {@code plan.syntax} if it has another type.
 */
final class PlanParser implements AutoCloseable {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** Everything but the exceptions: paths of up to 4 KiB, warnings, members that a tool added. */
  private static final long MAX_REST_BYTES = 1 << 20;

  /** An exception names two paths, each quoted for a shell and for JSON. */
  private static final long MAX_EXCEPTION_BYTES = 128 * 1024;

  /** Different names that are skipped. The parser keeps them all; a plan has about 50. */
  private static final int MAX_SKIPPED_NAMES = 1000;

  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(32)
          .maxNameLength(1024)
          .maxNumberLength(100)
          .maxStringLength((int) MAX_REST_BYTES)
          .build();

  private final String path;
  private final PlanInput input;
  private final JsonParser json;
  private final Set<String> skipped = new HashSet<>();

  PlanParser(String path, InputStream file) throws IOException {
    this.path = path;
    this.input = new PlanInput(PlanInput.decompressed(file), this::broken);
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(BOUNDS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    input.allow(MAX_REST_BYTES);
    this.json = factory.createParser(ObjectReadContext.empty(), input);
  }

  @Nullable JsonToken next() {
    return json.nextToken();
  }

  /** Steps to the next element of the exceptions; false after the last one. */
  boolean nextException() {
    input.allow(MAX_EXCEPTION_BYTES);
    JsonToken token = json.nextToken();
    if (token == JsonToken.END_ARRAY) {
      input.allow(MAX_REST_BYTES);
      return false;
    }
    require(token == JsonToken.START_OBJECT, "exceptions");
    return true;
  }

  /** Steps to the value of the next member; returns its name, or null after the last one. */
  @Nullable String nextMember() {
    if (json.nextToken() != JsonToken.PROPERTY_NAME) {
      return null;
    }
    String name = json.currentName();
    json.nextToken();
    return name;
  }

  boolean is(JsonToken token) {
    return json.currentToken() == token;
  }

  void require(JsonToken token) {
    require(is(token), json.currentName());
  }

  void require(boolean holds, String member) {
    if (!holds) {
      throw notAPlan(member);
    }
  }

  long number() {
    require(JsonToken.VALUE_NUMBER_INT);
    long value = json.getLongValue();
    require(value >= 0, json.currentName());
    return value;
  }

  @Nullable Long optionalNumber() {
    return is(JsonToken.VALUE_NULL) ? null : Long.valueOf(number());
  }

  boolean flag() {
    require(is(JsonToken.VALUE_TRUE) || is(JsonToken.VALUE_FALSE), json.currentName());
    return is(JsonToken.VALUE_TRUE);
  }

  @Nullable String optionalText() {
    if (is(JsonToken.VALUE_NULL)) {
      return null;
    }
    require(JsonToken.VALUE_STRING);
    return json.getString();
  }

  @Nullable String optionalDigest() {
    String value = optionalText();
    require(value == null || SHA256.matcher(value).matches(), json.currentName());
    return value;
  }

  /** Skips the current value, whatever it contains. */
  void skip() {
    countSkipped(json.currentName());
    int depth = 0;
    for (JsonToken token = json.currentToken(); ; token = json.nextToken()) {
      if (token == null) {
        throw broken("is cut");
      }
      if (token == JsonToken.PROPERTY_NAME) {
        countSkipped(json.currentName());
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth == 0) {
        return;
      }
    }
  }

  private void countSkipped(String name) {
    skipped.add(name);
    if (skipped.size() > MAX_SKIPPED_NAMES) {
      throw broken("is not a plan: it has more names than any plan");
    }
  }

  ProblemException notAPlan(String member) {
    return broken("is not a plan: its " + member + " is missing or wrong");
  }

  ProblemException broken(String what) {
    return new ProblemException(
        Problem.at(ProblemCode.PLAN_SYNTAX, path, "the approved plan " + path + " " + what));
  }

  ProblemException invalid(JacksonException e) {
    JsonSyntaxException fault = JsonSyntaxException.of(e, json);
    return new ProblemException(
        new Problem(
            ProblemCode.PLAN_SYNTAX,
            "the approved plan " + path + " is not valid JSON: " + fault.description(),
            path,
            null,
            fault.offset(),
            null),
        e);
  }

  @Override
  public void close() {
    json.close();
    closeQuietly(input);
  }

  /** A failure to close a file that was only read does not matter. */
  static void closeQuietly(InputStream file) {
    try {
      file.close();
    } catch (IOException e) {
      // Ignored.
    }
  }
}
