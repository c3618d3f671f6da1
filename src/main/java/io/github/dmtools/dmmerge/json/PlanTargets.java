package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.merge.ProofTarget;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;

/** Reads which devices a plan is about, and when it was made. */
public final class PlanTargets {
  private static final String STORE = "/input/path";
  private static final String ORIGIN = "/output/path";
  private static final String CREATED_AT = "/created_at";

  private PlanTargets() {}

  /**
   * Reads it from a plan's document, compressed or not.
   *
   * @param path where it came from, for problems
   * @param file is closed
   * @throws ProblemException {@code plan.syntax}
   */
  public static ProofTarget read(String path, InputStream file) {
    try (InputStream plain = PlanReader.plain(file)) {
      Map<String, String> facts = DocumentFacts.read(plain, Set.of(STORE, ORIGIN, CREATED_AT));
      String store = facts.get(STORE);
      String createdAt = facts.get(CREATED_AT);
      if (store == null || createdAt == null) {
        throw new ProblemException(problem(path));
      }
      return new ProofTarget(facts.get(ORIGIN), store, Instant.parse(createdAt));
    } catch (IOException | JacksonException | DateTimeException e) {
      throw new ProblemException(problem(path), e);
    }
  }

  private static Problem problem(String path) {
    return Problem.at(
        ProblemCode.PLAN_SYNTAX,
        path,
        "the plan " + path + " does not name its devices, or when it was made");
  }
}
