package io.github.dmtools.dmmerge.json;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/** Validates documents against the schemas that the product ships. */
public final class DocumentSchema {
  private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

  private DocumentSchema() {}

  /** Fails unless the document is valid by the schema of its kind. */
  public static void requireValid(JsonNode document) {
    requireValid(document.path("kind").asString(), document);
  }

  /** Fails unless the document, which may be a line without a kind, is valid by this schema. */
  public static void requireValid(String schema, JsonNode document) {
    List<Error> errors = errors(schema, document);
    if (!errors.isEmpty()) {
      throw new AssertionError("not a valid " + schema + ": " + errors + "\n" + document);
    }
  }

  static boolean isValid(String schema, JsonNode document) {
    return errors(schema, document).isEmpty();
  }

  private static List<Error> errors(String schema, JsonNode document) {
    return SCHEMAS.computeIfAbsent(schema, DocumentSchema::load).validate(document);
  }

  private static Schema load(String kind) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(new ByteArrayInputStream(Schemas.read(kind)), InputFormat.JSON);
  }
}
