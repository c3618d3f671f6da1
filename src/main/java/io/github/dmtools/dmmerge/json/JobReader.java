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
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.JsonNode;

/**
 * Reads a job. It must be strict JSON within bounds, and is validated against its schema before any
 * field is used. A sample:
 *
 * <pre>{"input": "/dev/vg/snap-cow", "output": "/dev/vg/data-real", "force": true}</pre>
 */
public final class JobReader {
  /** The longest job in bytes. Two paths and a label need a hundredth of it. */
  public static final int MAX_BYTES = 1 << 20;

  private static final int MAX_DEPTH = 32;

  private final String path;
  private final JsonTreeReader reader;

  /**
   * @param path where the job came from, for problems
   */
  public JobReader(String path) {
    this.path = path;
    this.reader =
        new JsonTreeReader(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxDocumentLength(MAX_BYTES)
                .maxStringLength(MAX_BYTES)
                .build());
  }

  /**
   * Parses and validates a job.
   *
   * @throws ProblemException {@code job.syntax} if it is not JSON in UTF-8, has a duplicate key,
   *     has text after its end or is nested too deep; {@code job.schema} if it is not a job
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
   * Jackson accepts overlong sequences and invalid code points. It also guesses UTF-16 and UTF-32
   * from zero bytes, which JSON in UTF-8 does not have.
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
    } catch (JsonSyntaxException e) {
      throw new ProblemException(
          new Problem(
              ProblemCode.JOB_SYNTAX,
              "the job is not valid JSON: " + e.description(),
              path,
              e.pointer(),
              e.offset(),
              null),
          e);
    }
    if (tree.isMissingNode()) {
      throw new ProblemException(Problem.at(ProblemCode.JOB_SYNTAX, path, "the job is empty"));
    }
    return tree;
  }

  private void validate(JsonNode tree) {
    List<Error> errors = JobSchema.load(reader).validate(tree);
    if (!errors.isEmpty()) {
      throw jobProblem(SchemaErrorMessage.pointer(errors.get(0)), SchemaErrorMessage.of(errors));
    }
  }

  /** Half a surrogate pair cannot be encoded in UTF-8, so no path can hold it. */
  private String text(JsonNode tree, String field) {
    String value = tree.get(field).asString();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      throw jobProblem("/" + field, "the job's /" + field + " contains half of a surrogate pair");
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
