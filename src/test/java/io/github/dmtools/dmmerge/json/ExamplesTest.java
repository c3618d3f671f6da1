package io.github.dmtools.dmmerge.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.dmtools.dmmerge.audit.AuditReport;
import io.github.dmtools.dmmerge.audit.SampleLog;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas and their examples. An example's name is that of its schema, optionally followed by a
 * hyphen and more.
 */
final class ExamplesTest {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("dmmerge.basedir", "."), "schemas", "examples");

  private static final String LINE = "audit-event";

  static List<String> examples() {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> schemas() {
    return Schemas.names();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void validates(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(EXAMPLES.resolve(name));
    JsonNode example = new JsonMapper().readTree(bytes);
    if (kind(name).equals(LINE)) {
      DocumentSchema.requireValid(LINE, example); // a log line has no kind
      return;
    }
    if (kind(name).equals("job")) {
      assertNotNull(new JobReader(name).read(bytes));
      ((ObjectNode) example).put("kind", "job");
    }
    assertEquals(kind(name), example.path("kind").asString());
    DocumentSchema.requireValid(example);
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void hasAnExample(String schema) {
    assertTrue(examples().stream().anyMatch(name -> kind(name).equals(schema)));
  }

  /** Returns the schema with the longest matching name: there is audit, and audit-event. */
  private static String kind(String example) {
    return schemas().stream()
        .filter(schema -> example.startsWith(schema + "-") || example.startsWith(schema + "."))
        .max(Comparator.comparingInt(String::length))
        .orElseThrow(() -> new AssertionError("there is no schema of " + example));
  }

  /** The example lines form one log: their digests and their chain are correct. */
  @Test
  void exampleLinesFormALog(@TempDir Path directory) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String name : examples()) {
      if (kind(name).equals(LINE)) {
        lines.add(Files.readString(EXAMPLES.resolve(name)));
      }
    }
    lines.sort(
        Comparator.comparing(
            line -> new JsonMapper().readTree(line).path("dm_merge.seq").asLong()));
    Path log = Files.writeString(directory.resolve("log"), String.join("", lines));
    AuditReport report = SampleLog.check(log);
    assertEquals(List.of(), report.findings());
    assertEquals(lines.size(), report.lines());
    assertEquals(AuditAction.values().length, report.lines());
    assertNotNull(report.runs().get(0).finished());
  }

  /** The meta-schema is in the validator's jar: nothing is downloaded. */
  @ParameterizedTest
  @MethodSource("schemas")
  void isValidByTheMetaSchema(String schema) {
    String dialect = SpecificationVersion.DRAFT_2020_12.getDialectId();
    JsonNode tree = read(schema);
    assertEquals(dialect, tree.path("$schema").asString());
    assertEquals(
        List.of(),
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of(dialect))
            .validate(tree));
    // The validator works here: an invalid schema is refused.
    ObjectNode broken = ((ObjectNode) tree.deepCopy()).put("required", true);
    assertFalse(
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of(dialect))
            .validate(broken)
            .isEmpty());
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void isStrictAndDescribed(String schema) {
    JsonNode root = read(schema);
    strict(schema, root, root, !schema.equals("job") && !schema.equals(LINE));
    root.path("$defs")
        .properties()
        .forEach(def -> strict(def.getKey(), def.getValue(), root, true));
  }

  private static void strict(String name, JsonNode object, JsonNode root, boolean allRequired) {
    assertEquals("object", object.path("type").asString(), name);
    assertTrue(object.path("additionalProperties").isBoolean(), name);
    assertFalse(object.path("additionalProperties").asBoolean(), name);
    assertFalse(object.path("description").asString("").isBlank(), name);
    Set<String> properties = new HashSet<>();
    object
        .path("properties")
        .properties()
        .forEach(
            property -> {
              properties.add(property.getKey());
              String where = name + "/" + property.getKey();
              JsonNode value = property.getValue();
              JsonNode described =
                  value.has("$ref") ? root.at(value.path("$ref").asString().substring(1)) : value;
              String description = described.path("description").asString("");
              assertTrue(description.endsWith("."), where + ": " + description);
              assertFalse(value.has("properties"), where + " belongs into $defs");
            });
    assertFalse(properties.isEmpty(), name);
    if (allRequired) {
      Set<String> required = new HashSet<>();
      object.path("required").forEach(field -> required.add(field.asString()));
      assertEquals(properties, required, name + ": keys are always written");
    }
  }

  /** Definitions that several schemas share are the same in all of them. */
  @Test
  void sharesDefinitions() {
    Map<String, JsonNode> known = new HashMap<>();
    for (String schema : Schemas.names()) {
      read(schema)
          .path("$defs")
          .properties()
          .forEach(
              def -> {
                JsonNode before = known.putIfAbsent(def.getKey(), def.getValue());
                assertTrue(before == null || before.equals(def.getValue()), def.getKey());
              });
    }
    JsonNode problem = read("problem");
    JsonNode inReport = read("report").at("/$defs/problem/properties");
    inReport
        .properties()
        .forEach(
            field ->
                assertEquals(problem.path("properties").path(field.getKey()), field.getValue()));
    assertTrue(inReport.size() >= 8);
  }

  @Test
  void allowsEveryProblem() {
    JsonNode fields = read("problem").path("properties");
    Set<Integer> statuses = new HashSet<>();
    fields.at("/exit_status/enum").forEach(status -> statuses.add(status.asInt()));
    for (ProblemCode code : ProblemCode.values()) {
      assertTrue(statuses.contains(code.exitStatus().status()), code.code());
      assertTrue(code.code().matches(fields.at("/code/pattern").asString()), code.code());
    }
  }

  private static JsonNode read(String schema) {
    return new JsonMapper().readTree(Schemas.read(schema));
  }
}
