package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.approval.Target;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;

/**
 * Reads a plan's document as a stream, plain or compressed. Its members may have any order and
 * layout, since a pipeline may have reformatted it. Members that an approval needs are checked for
 * type and bounds; the rest is skipped.
 */
public final class PlanReader implements ApprovedPlan {
  private static final int VERSION = 1;
  private static final String[] NEEDED = {
    "kind", "schema_version", "input", "output", "store", "exceptions", "summary"
  };

  private final PlanParser json;
  private final PlannedChunkReader chunks;
  private final Set<String> seen = new HashSet<>();
  private boolean inExceptions;
  private boolean ended;

  private @Nullable String createdAt;
  private boolean jobDirect;
  private @Nullable Device store;
  private @Nullable Device origin;
  private long chunkBytes;
  private long chunkSectors;
  private long exceptions;
  private ApprovedPlan.@Nullable Summary summary;
  private @Nullable String planSha256;
  private @Nullable String originsSha256;
  private @Nullable String approvalSha256;

  private PlanReader(PlanParser json) {
    this.json = json;
    this.chunks = new PlannedChunkReader(json);
  }

  /**
   * Opens a plan.
   *
   * @param path where it came from, for problems
   * @param file is closed with the plan, and if this method fails
   * @throws ProblemException {@code plan.syntax}
   */
  public static ApprovedPlan open(String path, InputStream file) {
    try {
      PlanReader plan = new PlanReader(new PlanParser(path, file));
      plan.begin();
      return plan;
    } catch (IOException | JacksonIOException e) {
      PlanParser.closeQuietly(file);
      throw new ProblemException(
          Problem.at(
              ProblemCode.PLAN_SYNTAX,
              path,
              "the approved plan " + path + " is cut, or its compressed data is damaged"),
          e);
    } catch (RuntimeException e) {
      PlanParser.closeQuietly(file);
      throw e;
    }
  }

  private void begin() {
    try {
      if (json.next() != JsonToken.START_OBJECT) {
        throw json.broken("is not a plan: it is not a JSON object");
      }
      readMembers();
    } catch (JacksonException e) {
      throw json.invalid(e);
    }
  }

  /** Reads members until the exceptions begin, or the document ends. */
  private void readMembers() {
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      seen.add(name);
      switch (name) {
        case "exceptions" -> {
          json.require(json.is(JsonToken.START_ARRAY), name);
          inExceptions = true;
          return;
        }
        case "kind" -> json.require("plan".equals(json.optionalText()), name);
        case "schema_version" -> json.require(json.number() == VERSION, name);
        case "created_at" -> {
          if (json.is(JsonToken.VALUE_STRING)) {
            createdAt = json.optionalText();
          } else {
            json.skip();
          }
        }
        case "metadata_only" -> {
          if (json.flag()) {
            throw json.broken("has no digests: it was made of the table alone");
          }
        }
        case "job" -> readJob();
        case "input" -> store = device(name);
        case "output" -> origin = json.is(JsonToken.VALUE_NULL) ? null : device(name);
        case "store" -> readStore();
        case "summary" -> summary = summary();
        case "plan_sha256" -> planSha256 = json.optionalDigest();
        case "origins_sha256" -> originsSha256 = json.optionalDigest();
        case "approval_sha256" -> approvalSha256 = json.optionalDigest();
        default -> json.skip();
      }
    }
    if (json.next() != null) {
      throw json.broken("goes on after its end");
    }
    ended = true;
  }

  private void readJob() {
    json.require(json.is(JsonToken.START_OBJECT), "job");
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      if (name.equals("direct")) {
        jobDirect = json.flag();
      } else {
        json.skip();
      }
    }
  }

  private Device device(String which) {
    json.require(json.is(JsonToken.START_OBJECT), which);
    String path = null;
    long bytes = -1;
    String lastingName = null;
    boolean direct = false;
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (name) {
        case "path" -> path = json.optionalText();
        case "bytes" -> bytes = json.number();
        case "lasting_name" -> lastingName = json.optionalText();
        case "direct" -> direct = json.flag();
        default -> json.skip();
      }
    }
    if (bytes < 0 || path == null) {
      throw json.notAPlan(which);
    }
    return new Device(new Target(path, bytes, lastingName), direct);
  }

  private void readStore() {
    json.require(json.is(JsonToken.START_OBJECT), "store");
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (name) {
        case "chunk_bytes" -> chunkBytes = json.number();
        case "chunk_sectors" -> chunkSectors = json.number();
        case "exceptions" -> exceptions = json.number();
        default -> json.skip();
      }
    }
  }

  private ApprovedPlan.Summary summary() {
    json.require(json.is(JsonToken.START_OBJECT), "summary");
    long count = 0;
    Long pending = null;
    Long applied = null;
    long bytes = 0;
    Long pendingBytes = null;
    Long appliedBytes = null;
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (name) {
        case "exceptions" -> count = json.number();
        case "pending" -> pending = json.optionalNumber();
        case "applied" -> applied = json.optionalNumber();
        case "bytes" -> bytes = json.number();
        case "pending_bytes" -> pendingBytes = json.optionalNumber();
        case "applied_bytes" -> appliedBytes = json.optionalNumber();
        default -> json.skip();
      }
    }
    return new ApprovedPlan.Summary(count, pending, applied, bytes, pendingBytes, appliedBytes);
  }

  @Override
  public @Nullable PlannedChunk next() {
    try {
      if (inExceptions && json.nextException()) {
        return chunks.read();
      }
      if (inExceptions) {
        inExceptions = false;
        readMembers();
      }
      return null;
    } catch (JacksonException e) {
      throw json.invalid(e);
    }
  }

  @Override
  public String dd() {
    return chunks.dd();
  }

  @Override
  public Facts facts() {
    json.require(ended, "exceptions");
    for (String needed : NEEDED) {
      json.require(seen.contains(needed), needed);
    }
    return new Facts(
        createdAt,
        jobDirect,
        Objects.requireNonNull(store),
        origin,
        chunkBytes,
        chunkSectors,
        exceptions,
        Objects.requireNonNull(summary),
        planSha256,
        originsSha256,
        approvalSha256);
  }

  @Override
  public void close() {
    json.close();
  }
}
