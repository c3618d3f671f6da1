package io.github.dmtools.dmmerge.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The reduced validator must report the same errors as the full one. */
final class JobSchemaTest {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final List<String> FIELDS =
      List.of("kind", "schema_version", "input", "output", "force", "expect", "label", "other");
  private static final List<String> VALUES =
      List.of(
          "\"job\"",
          "1",
          "1.0",
          "1e400",
          "12345678901234567890",
          "9876543210",
          "true",
          "false",
          "null",
          "\"\"",
          "\"\\u0000\"",
          "\"sha256:1\"",
          "[{}, [1]]",
          "{\"a\": 1}",
          "\"" + "x".repeat(4096) + "\"");

  private final Schema whole =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new ByteArrayInputStream(Schemas.read("job")), InputFormat.JSON);
  private final JsonTreeReader reader = new JsonTreeReader(StreamReadConstraints.defaults());
  private final Schema quick = JobSchema.load(reader);

  @Property(tries = 500)
  void reportsTheSameAsTheFullDialect(
      @ForAll @Size(max = 4) List<@IntRange(max = 7) Integer> fields,
      @ForAll @Size(4) List<@IntRange(max = 14) Integer> values) {
    Map<String, String> job = new TreeMap<>();
    for (int i = 0; i < fields.size(); i++) {
      job.put(FIELDS.get(fields.get(i)), VALUES.get(values.get(i)));
    }
    String text =
        job.entrySet().stream()
            .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
            .collect(Collectors.joining(",", "{", "}"));
    JsonNode read = reader.read(text.getBytes(StandardCharsets.UTF_8));
    assertEquals(errors(whole, MAPPER.readTree(text)), errors(quick, read));
  }

  private static List<String> errors(Schema schema, JsonNode job) {
    return schema.validate(job).stream().map(Error::toString).sorted().toList();
  }
}
