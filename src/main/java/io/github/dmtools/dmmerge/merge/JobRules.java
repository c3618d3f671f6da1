package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** Rules between the fields of a job that the schema cannot express. */
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
      throw invalid(
          "the undo file and the audit log cannot be the same file: " + undo, undo, "/audit");
    }
    String expect = job.expect();
    if (job.retarget() && (expect == null || Job.isDigest(expect))) {
      throw invalid(
          "\"retarget\" requires the path of a plan in \"expect\": a digest covers its devices",
          null,
          "/retarget");
    }
  }

  private static ProblemException invalid(String message, @Nullable String path, String pointer) {
    return new ProblemException(
        new Problem(ProblemCode.JOB_SCHEMA, message, path, pointer, null, null));
  }

  /**
   * Returns the path of the origin.
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
