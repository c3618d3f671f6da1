package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.audit.ExpectedHead;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;

/** Reads the head of the audit log that a report recorded. */
public final class ReportHead {
  private static final String KIND = "/kind";
  private static final String SEQ = "/audit/seq";
  private static final String SHA256 = "/audit/sha256";

  private ReportHead() {}

  /**
   * Reads the head from a report, plain or compressed.
   *
   * @param path where the report came from, for problems
   * @param file is closed
   * @throws ProblemException {@code audit.report}
   */
  public static ExpectedHead read(String path, InputStream file) {
    try (InputStream plain = PlanInput.decompressed(file)) {
      Map<String, String> facts = MemberReader.read(plain, Set.of(KIND, SEQ, SHA256));
      String seq = facts.get(SEQ);
      String sha256 = facts.get(SHA256);
      if (!"report".equals(facts.get(KIND))) {
        throw new ProblemException(problem(path, "is not a report"));
      }
      if (seq == null || sha256 == null) {
        throw new ProblemException(problem(path, "has no line of an audit log"));
      }
      return new ExpectedHead(Long.parseLong(seq), sha256);
    } catch (IOException | JacksonException | NumberFormatException e) {
      throw new ProblemException(problem(path, "is not a report"), e);
    }
  }

  private static Problem problem(String path, String what) {
    return Problem.at(ProblemCode.AUDIT_REPORT, path, path + " " + what);
  }
}
