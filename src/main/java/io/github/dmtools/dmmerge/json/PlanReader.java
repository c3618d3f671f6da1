package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.merge.ApprovedPlan;
import io.github.dmtools.dmmerge.plan.PlannedException;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a plan's document as a stream, in whatever order and layout its keys are, since a pipeline
 * may have reformatted it, and compressed or not. What the comparison needs is held to its type and
 * bounds; the rest is passed over.
 */
public final class PlanReader implements ApprovedPlan {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int VERSION = 1;
  private static final int BUFFER_BYTES = 64 * 1024;

  private final String path;
  private final InputStream file;
  private final JsonParser json;
  private final Set<String> seen = new HashSet<>();
  private boolean inExceptions;
  private boolean ended;
  private long chunkBytes;
  private @Nullable String planSha256;
  private @Nullable String originsSha256;

  private PlanReader(String path, InputStream file) {
    this.path = path;
    this.file = file;
    JsonFactory factory =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    this.json = factory.createParser(ObjectReadContext.empty(), file);
  }

  /**
   * Opens a plan's file.
   *
   * @throws ProblemException {@code path.*}, {@code plan.syntax}
   */
  public static ApprovedPlan open(String path) {
    InputStream file = stream(path);
    try {
      PlanReader plan = new PlanReader(path, file);
      plan.begin();
      return plan;
    } catch (RuntimeException e) {
      closeQuietly(file);
      throw e;
    }
  }

  private static InputStream stream(String path) {
    try {
      return plain(new BufferedInputStream(Files.newInputStream(Path.of(path)), BUFFER_BYTES));
    } catch (EOFException | ZipException e) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.PLAN_SYNTAX,
              path,
              "the approved plan " + path + " is cut or no gzip file"),
          e);
    } catch (NoSuchFileException | InvalidPathException e) {
      throw cannotOpen(ProblemCode.PATH_MISSING, path, "no such file", e);
    } catch (AccessDeniedException e) {
      throw cannotOpen(ProblemCode.PATH_PERMISSION, path, "permission denied", e);
    } catch (IOException e) {
      throw cannotOpen(ProblemCode.PATH_WRONG_TYPE, path, String.valueOf(e.getMessage()), e);
    }
  }

  /** Compressed or not, whatever its name is. */
  private static InputStream plain(InputStream file) throws IOException {
    try {
      file.mark(Short.BYTES);
      byte[] magic = file.readNBytes(Short.BYTES);
      file.reset();
      boolean compressed =
          magic.length == Short.BYTES && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
      return compressed ? new GZIPInputStream(file, BUFFER_BYTES) : file;
    } catch (IOException e) {
      closeQuietly(file);
      throw e;
    }
  }

  private static ProblemException cannotOpen(
      ProblemCode code, String path, String why, Exception e) {
    return new ProblemException(
        Problem.at(code, path, "cannot read the approved plan " + path + ": " + why), e);
  }

  private void begin() {
    try {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw broken("is no plan");
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
      seen.add(name);
      JsonToken value = json.nextToken();
      switch (name) {
        case "exceptions" -> {
          require(value == JsonToken.START_ARRAY, name);
          inExceptions = true;
          return;
        }
        case "kind" ->
            require(value == JsonToken.VALUE_STRING && json.getString().equals("plan"), name);
        case "schema_version" ->
            require(value == JsonToken.VALUE_NUMBER_INT && json.getLongValue() == VERSION, name);
        case "store" -> store();
        case "plan_sha256" -> planSha256 = digest(name);
        case "origins_sha256" -> originsSha256 = digest(name);
        default -> json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      throw broken("goes on behind its end");
    }
    ended = true;
  }

  private void store() {
    require(json.currentToken() == JsonToken.START_OBJECT, "store");
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      if (name.equals("chunk_bytes")) {
        chunkBytes = number(name);
      } else {
        json.skipChildren();
      }
    }
  }

  @Override
  public @Nullable PlannedException next() {
    try {
      return readNext();
    } catch (JacksonException e) {
      throw invalid(e);
    }
  }

  private @Nullable PlannedException readNext() {
    if (!inExceptions) {
      return null;
    }
    JsonToken token = json.nextToken();
    if (token == JsonToken.END_ARRAY) {
      inExceptions = false;
      toExceptions();
      return null;
    }
    require(token == JsonToken.START_OBJECT, "exceptions");
    long index = -1;
    long oldChunk = -1;
    long newChunk = -1;
    long bytes = -1;
    String source = null;
    String origin = null;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "index" -> index = number(name);
        case "old_chunk" -> oldChunk = number(name);
        case "new_chunk" -> newChunk = number(name);
        case "bytes" -> bytes = number(name);
        case "source_sha256" -> source = digest(name);
        case "origin_sha256" -> origin = digest(name);
        default -> json.skipChildren();
      }
    }
    require((index | oldChunk | newChunk | bytes) >= 0, "exceptions");
    return new PlannedException(index, oldChunk, newChunk, bytes, null, source, origin);
  }

  private long number(String name) {
    require(json.currentToken() == JsonToken.VALUE_NUMBER_INT, name);
    long value = json.getLongValue();
    require(value >= 0, name);
    return value;
  }

  private @Nullable String digest(String name) {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    require(json.currentToken() == JsonToken.VALUE_STRING, name);
    String value = json.getString();
    require(SHA256.matcher(value).matches(), name);
    return value;
  }

  @Override
  public Digests digests() {
    require(ended, "exceptions");
    for (String needed : new String[] {"kind", "schema_version", "store", "exceptions"}) {
      require(seen.contains(needed), needed);
    }
    if (planSha256 == null) {
      throw broken("has no plan_sha256: it was made of the table alone");
    }
    return new Digests(chunkBytes, planSha256, originsSha256);
  }

  private void require(boolean holds, String name) {
    if (!holds) {
      throw broken("is no plan: see its " + name);
    }
  }

  private ProblemException broken(String what) {
    return new ProblemException(
        Problem.at(ProblemCode.PLAN_SYNTAX, path, "the approved plan " + path + " " + what));
  }

  private ProblemException invalid(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    return new ProblemException(
        new Problem(
            ProblemCode.PLAN_SYNTAX,
            "the approved plan " + path + " is not valid JSON: " + e.getOriginalMessage(),
            path,
            null,
            at == null || at.getByteOffset() < 0 ? null : at.getByteOffset(),
            null),
        e);
  }

  @Override
  public void close() {
    json.close();
    closeQuietly(file);
  }

  private static void closeQuietly(InputStream file) {
    try {
      file.close();
    } catch (IOException e) {
      // It was only read.
    }
  }
}
