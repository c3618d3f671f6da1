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

/** Holds documents against the schemas that the product ships. */
public final class DocumentSchema {
  private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

  private DocumentSchema() {}

  /** Fails unless the document names its kind and obeys that kind's schema. */
  public static void requireValid(JsonNode document) {
    String kind = document.path("kind").asString();
    List<Error> errors = SCHEMAS.computeIfAbsent(kind, DocumentSchema::load).validate(document);
    if (!errors.isEmpty()) {
      throw new AssertionError("not a valid " + kind + ": " + errors + "\n" + document);
    }
  }

  private static Schema load(String kind) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(new ByteArrayInputStream(Schemas.read(kind)), InputFormat.JSON);
  }
}
