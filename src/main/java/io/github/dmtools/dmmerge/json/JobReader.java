package io.github.dmtools.dmmerge.json;

import com.networknt.schema.Error;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;

/**
 * Reads a job: strict JSON within bounds, held against its schema before a field of it is used. A
 * sample:
 *
 * <pre>{"input": "/dev/vg/snap-cow", "output": "/dev/vg/data-real", "force": true}</pre>
 */
public final class JobReader {
  /** The longest job in bytes: two paths and a label need a hundredth of it. */
  public static final int MAX_BYTES = 1 << 20;

  private static final int MAX_DEPTH = 32;

  private final String path;
  private final JsonTree reader;

  /**
   * @param path where the job came from, for problems
   */
  public JobReader(String path) {
    this.path = path;
    this.reader =
        new JsonTree(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxDocumentLength(MAX_BYTES)
                .maxStringLength(MAX_BYTES)
                .build());
  }

  /**
   * Understands a job.
   *
   * @throws ProblemException {@code job.syntax} if it is not JSON in UTF-8, has a key twice, goes
   *     on behind its end or is too deep; {@code job.schema} if it is no job
   */
  public Job read(byte[] json) {
    JsonNode tree = parse(json);
    validate(tree);
    return new Job(
        text(tree, "input"),
        optionalText(tree, "output"),
        flag(tree, "direct"),
        flag(tree, "relaxed"),
        flag(tree, "force"),
        optionalText(tree, "expect"),
        flag(tree, "retarget"),
        flag(tree, "overwrite_foreign"),
        optionalText(tree, "undo"),
        optionalText(tree, "audit"),
        flag(tree, "verify"),
        optionalText(tree, "label"));
  }

  private @Nullable String optionalText(JsonNode tree, String field) {
    return tree.has(field) ? text(tree, field) : null;
  }

  /**
   * Jackson takes overlong forms and code points that there are none of. It also guesses UTF-16 and
   * UTF-32 from zero bytes, which no JSON in UTF-8 has.
   */
  private void requireUtf8(byte[] json) {
    ByteBuffer bytes = ByteBuffer.wrap(json);
    CharBuffer chars = CharBuffer.allocate(json.length);
    if (StandardCharsets.UTF_8.newDecoder().decode(bytes, chars, true).isError()) {
      throw notUtf8(bytes.position());
    }
    for (int i = 0; i < json.length; i++) {
      if (json[i] == 0) {
        throw notUtf8(i);
      }
    }
  }

  private ProblemException notUtf8(int offset) {
    return new ProblemException(
        Problem.at(
            ProblemCode.JOB_SYNTAX, path, offset, "the job is not UTF-8: see its byte " + offset));
  }

  private JsonNode parse(byte[] json) {
    requireUtf8(json);
    JsonNode tree;
    try {
      tree = reader.read(json);
    } catch (JacksonException e) {
      throw new ProblemException(
          new Problem(
              ProblemCode.JOB_SYNTAX,
              "the job is not valid JSON: " + sentence(e),
              path,
              null,
              offset(e.getLocation()),
              null),
          e);
    }
    if (tree.isMissingNode()) {
      throw new ProblemException(Problem.at(ProblemCode.JOB_SYNTAX, path, "the job is empty"));
    }
    return tree;
  }

  private static String sentence(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    String where =
        at == null || at.getLineNr() < 1
            ? ""
            : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    return e.getOriginalMessage() + where;
  }

  private static @Nullable Long offset(@Nullable TokenStreamLocation at) {
    return at == null || at.getByteOffset() < 0 ? null : at.getByteOffset();
  }

  private void validate(JsonNode tree) {
    List<Error> errors = JobSchema.load(reader).validate(tree);
    if (!errors.isEmpty()) {
      Error first = errors.get(0);
      String pointer = pointer(first);
      String more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
      String where = pointer.isEmpty() ? "the job" : "the job's " + pointer;
      throw jobProblem(pointer, where + ": " + sentence(first) + more);
    }
  }

  private static String sentence(Error error) {
    if (!"pattern".equals(error.getKeyword())) {
      return error.getMessage();
    }
    // The only patterns are those of a path, and of a path or a digest.
    return error.getInstanceLocation().toString().equals("/expect")
        ? "must be a path without NUL, or sha256: and 64 hexadecimal digits"
        : "must not hold NUL";
  }

  /** The field itself where it is unknown, as the validator points to the object around it. */
  private static String pointer(Error error) {
    String at = error.getInstanceLocation().toString();
    boolean unknownField = "additionalProperties".equals(error.getKeyword());
    return unknownField ? at + "/" + escape(error.getProperty()) : at;
  }

  private static String escape(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }

  /** A string that has an encoding: half a surrogate pair has none, and no path can hold it. */
  private String text(JsonNode tree, String field) {
    String value = tree.get(field).asString();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      throw jobProblem("/" + field, "the job's /" + field + ": half of a surrogate pair");
    }
    return value;
  }

  private static boolean flag(JsonNode tree, String field) {
    return tree.has(field) && tree.get(field).asBoolean();
  }

  private ProblemException jobProblem(String pointer, String message) {
    return new ProblemException(
        new Problem(ProblemCode.JOB_SCHEMA, message, path, pointer, null, null));
  }
}
