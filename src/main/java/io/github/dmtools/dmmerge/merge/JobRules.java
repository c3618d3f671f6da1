package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** What fields of a job require of one another, beyond what the schema can say. */
final class JobRules {
  private JobRules() {}

  /**
   * Checks a job before anything is opened.
   *
   * @throws ProblemException {@code job.schema}
   */
  static void require(Job job) {
    String undo = job.undo();
    if (undo != null && undo.equals(job.audit())) {
      throw broken("the undo file and the audit log cannot be one file: " + undo, undo, "/audit");
    }
    String expect = job.expect();
    if (job.retarget() && (expect == null || Job.isDigest(expect))) {
      throw broken(
          "\"retarget\" goes with the path of a plan in \"expect\": a digest names its devices",
          null,
          "/retarget");
    }
  }

  private static ProblemException broken(String message, @Nullable String path, String pointer) {
    return new ProblemException(
        new Problem(ProblemCode.JOB_SCHEMA, message, path, pointer, null, null));
  }

  /**
   * The path of the origin.
   *
   * @throws ProblemException {@code job.output_missing}
   */
  static String requireOutput(Job job) {
    String output = job.output();
    if (output == null) {
      throw new ProblemException(
          new Problem(
              ProblemCode.JOB_OUTPUT_MISSING,
              "the job names no output",
              null,
              "/output",
              null,
              null));
    }
    return output;
  }
}
