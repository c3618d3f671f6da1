package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.approval.Target;
import io.github.dmtools.dmmerge.plan.ChunkState;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a plan's document as a stream, in whatever order and layout its keys are, since a pipeline
 * may have reformatted it, and compressed or not. What an approval needs must have its type and be
 * within its bounds; the rest is passed over.
 */
public final class PlanReader implements ApprovedPlan {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int VERSION = 1;
  private static final String[] NEEDED = {
    "kind", "schema_version", "input", "output", "store", "exceptions", "summary"
  };
  private static final int BUFFER_BYTES = 64 * 1024;

  /** All but the exceptions: some paths of up to 4 KiB, warnings, what a pipeline added. */
  private static final long MAX_REST_BYTES = 1 << 20;

  /** An exception names two paths, each quoted for a shell and for JSON. */
  private static final long MAX_EXCEPTION_BYTES = 128 * 1024;

  /** Names that are not read: of a plan's own there are about 50. */
  private static final int MAX_UNKNOWN_NAMES = 1000;

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
  private final Set<String> seen = new HashSet<>();
  private final Set<String> unknown = new HashSet<>();
  private boolean inExceptions;
  private boolean ended;
  private String dd = "";
  private @Nullable String createdAt;
  private boolean jobDirect;
  private Device store = Device.NONE;
  private @Nullable Device origin;
  private long chunkBytes;
  private long chunkSectors;
  private long exceptions;
  private ApprovedPlan.@Nullable Summary summary;
  private @Nullable String planSha256;
  private @Nullable String originsSha256;
  private @Nullable String approvalSha256;

  /** What a plan says of a device. */
  private record Device(Target target, boolean direct) {
    static final Device NONE = new Device(new Target("", 0, null), false);
  }

  private PlanReader(String path, InputStream file) throws IOException {
    this.path = path;
    this.input = new PlanInput(plain(file), this::broken);
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(BOUNDS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    input.allow(MAX_REST_BYTES);
    this.json = factory.createParser(ObjectReadContext.empty(), input);
  }

  /**
   * Begins to read a plan.
   *
   * @param path where it came from, for problems
   * @param file is closed with the plan, and if this fails
   * @throws ProblemException {@code plan.syntax}
   */
  public static ApprovedPlan open(String path, InputStream file) {
    try {
      PlanReader plan = new PlanReader(path, file);
      plan.begin();
      return plan;
    } catch (IOException | JacksonIOException e) {
      closeQuietly(file);
      throw new ProblemException(
          Problem.at(
              ProblemCode.PLAN_SYNTAX,
              path,
              "the approved plan " + path + " is cut, or its compressed data is damaged"),
          e);
    } catch (RuntimeException e) {
      closeQuietly(file);
      throw e;
    }
  }

  /** Compressed or not, whatever its name is. */
  static InputStream plain(InputStream raw) throws IOException {
    InputStream file = new BufferedInputStream(raw, BUFFER_BYTES);
    file.mark(Short.BYTES);
    byte[] magic = file.readNBytes(Short.BYTES);
    file.reset();
    boolean compressed = magic.length == Short.BYTES && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
    return compressed ? new GZIPInputStream(file, BUFFER_BYTES) : file;
  }

  private void begin() {
    try {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw broken("is not a plan: it is not a JSON object");
      }
      toExceptions();
    } catch (JacksonException e) {
      throw invalid(e);
    }
  }

  /** Reads members until the exceptions begin, or the document ends. */
  private void toExceptions() {
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "exceptions" -> {
          seen.add(name);
          require(value == JsonToken.START_ARRAY, name);
          inExceptions = true;
          return;
        }
        case "kind" ->
            require(value == JsonToken.VALUE_STRING && json.getString().equals("plan"), name);
        case "schema_version" ->
            require(value == JsonToken.VALUE_NUMBER_INT && json.getLongValue() == VERSION, name);
        case "created_at" -> {
          if (value == JsonToken.VALUE_STRING) {
            createdAt = json.getString();
          } else {
            skip();
          }
        }
        case "metadata_only" -> {
          if (flag(name)) {
            throw broken("has no digests: it was made of the table alone");
          }
        }
        case "job" -> job();
        case "input" -> store = device(name);
        case "output" -> origin = value == JsonToken.VALUE_NULL ? null : device(name);
        case "store" -> store();
        case "summary" -> summary = summary();
        case "plan_sha256" -> planSha256 = digest(name);
        case "origins_sha256" -> originsSha256 = digest(name);
        case "approval_sha256" -> approvalSha256 = digest(name);
        default -> skip();
      }
      seen.add(name);
    }
    if (json.nextToken() != null) {
      throw broken("goes on after its end");
    }
    ended = true;
  }

  private void job() {
    require(json.currentToken() == JsonToken.START_OBJECT, "job");
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      if (name.equals("direct")) {
        jobDirect = flag(name);
      } else {
        skip();
      }
    }
  }

  private Device device(String which) {
    require(json.currentToken() == JsonToken.START_OBJECT, which);
    String path = null;
    long bytes = -1;
    String lastingName = null;
    boolean direct = false;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "path" -> path = text(name);
        case "bytes" -> bytes = number(name);
        case "lasting_name" -> lastingName = text(name);
        case "direct" -> direct = flag(name);
        default -> skip();
      }
    }
    require(bytes >= 0, which);
    if (path == null) {
      throw notAPlan(which);
    }
    return new Device(new Target(path, bytes, lastingName), direct);
  }

  private void store() {
    require(json.currentToken() == JsonToken.START_OBJECT, "store");
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "chunk_bytes" -> chunkBytes = number(name);
        case "chunk_sectors" -> chunkSectors = number(name);
        case "exceptions" -> exceptions = number(name);
        default -> skip();
      }
    }
  }

  private ApprovedPlan.Summary summary() {
    require(json.currentToken() == JsonToken.START_OBJECT, "summary");
    long count = 0;
    Long pending = null;
    Long applied = null;
    long bytes = 0;
    Long pendingBytes = null;
    Long appliedBytes = null;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "exceptions" -> count = number(name);
        case "pending" -> pending = optionalNumber(name);
        case "applied" -> applied = optionalNumber(name);
        case "bytes" -> bytes = number(name);
        case "pending_bytes" -> pendingBytes = optionalNumber(name);
        case "applied_bytes" -> appliedBytes = optionalNumber(name);
        default -> skip();
      }
    }
    return new ApprovedPlan.Summary(count, pending, applied, bytes, pendingBytes, appliedBytes);
  }

  /** Passes over the value of a name that is not read, however deep it is. */
  private void skip() {
    requireFew(json.currentName());
    int depth = 0;
    for (JsonToken token = json.currentToken(); ; token = json.nextToken()) {
      if (token == null) {
        throw broken("is cut");
      }
      if (token == JsonToken.PROPERTY_NAME) {
        requireFew(json.currentName());
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth == 0) {
        return;
      }
    }
  }

  /** The parser keeps every name that it meets. */
  private void requireFew(String name) {
    unknown.add(name);
    if (unknown.size() > MAX_UNKNOWN_NAMES) {
      throw broken("is not a plan: it has more names than any plan");
    }
  }

  @Override
  public @Nullable PlannedChunk next() {
    try {
      return readNext();
    } catch (JacksonException e) {
      throw invalid(e);
    }
  }

  private @Nullable PlannedChunk readNext() {
    if (!inExceptions) {
      return null;
    }
    input.allow(MAX_EXCEPTION_BYTES);
    JsonToken token = json.nextToken();
    if (token == JsonToken.END_ARRAY) {
      inExceptions = false;
      input.allow(MAX_REST_BYTES);
      toExceptions();
      return null;
    }
    require(token == JsonToken.START_OBJECT, "exceptions");
    long index = -1;
    long oldChunk = -1;
    long newChunk = -1;
    long bytes = -1;
    ChunkState state = null;
    String source = null;
    String origin = null;
    dd = "";
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "index" -> index = number(name);
        case "old_chunk" -> oldChunk = number(name);
        case "new_chunk" -> newChunk = number(name);
        case "bytes" -> bytes = number(name);
        case "state" -> state = state(name);
        case "dd" -> dd = String.valueOf(text(name));
        case "source_sha256" -> source = digest(name);
        case "origin_sha256" -> origin = digest(name);
        default -> skip();
      }
    }
    require((index | oldChunk | newChunk | bytes) >= 0, "exceptions");
    return new PlannedChunk(index, oldChunk, newChunk, bytes, state, source, origin);
  }

  @Override
  public String dd() {
    return dd;
  }

  private long number(String name) {
    require(json.currentToken() == JsonToken.VALUE_NUMBER_INT, name);
    long value = json.getLongValue();
    require(value >= 0, name);
    return value;
  }

  private @Nullable Long optionalNumber(String name) {
    return json.currentToken() == JsonToken.VALUE_NULL ? null : Long.valueOf(number(name));
  }

  private boolean flag(String name) {
    JsonToken token = json.currentToken();
    require(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE, name);
    return token == JsonToken.VALUE_TRUE;
  }

  private @Nullable String text(String name) {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    require(json.currentToken() == JsonToken.VALUE_STRING, name);
    return json.getString();
  }

  private @Nullable ChunkState state(String name) {
    String state = text(name);
    if (state == null) {
      return null;
    }
    require(state.equals("pending") || state.equals("applied"), name);
    return state.equals("pending") ? ChunkState.PENDING : ChunkState.APPLIED;
  }

  private @Nullable String digest(String name) {
    String value = text(name);
    require(value == null || SHA256.matcher(value).matches(), name);
    return value;
  }

  @Override
  public Facts facts() {
    require(ended, "exceptions");
    for (String needed : NEEDED) {
      require(seen.contains(needed), needed);
    }
    ApprovedPlan.Summary sums = summary;
    if (sums == null) {
      throw notAPlan("summary");
    }
    Device output = origin;
    return new Facts(
        createdAt,
        jobDirect,
        store.target(),
        store.direct(),
        output == null ? null : output.target(),
        output != null && output.direct(),
        chunkBytes,
        chunkSectors,
        exceptions,
        sums,
        planSha256,
        originsSha256,
        approvalSha256);
  }

  private void require(boolean holds, String name) {
    if (!holds) {
      throw notAPlan(name);
    }
  }

  private ProblemException notAPlan(String member) {
    return broken("is not a plan: its " + member + " is missing or wrong");
  }

  private ProblemException broken(String what) {
    return new ProblemException(
        Problem.at(ProblemCode.PLAN_SYNTAX, path, "the approved plan " + path + " " + what));
  }

  private ProblemException invalid(JacksonException e) {
    JsonFault fault = JsonFault.of(e, json);
    return new ProblemException(
        new Problem(
            ProblemCode.PLAN_SYNTAX,
            "the approved plan " + path + " is not valid JSON: " + fault.sentence(),
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

  private static void closeQuietly(InputStream file) {
    try {
      file.close();
    } catch (IOException e) {
      // It was only read.
    }
  }
}
