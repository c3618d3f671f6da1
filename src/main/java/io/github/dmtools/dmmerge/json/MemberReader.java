package io.github.dmtools.dmmerge.json;

import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads a few members of a document of any length, and stops when it has them all. */
final class MemberReader {
  /** A report lists at most a thousand ranges and a million mappings. */
  private static final long MAX_BYTES = 1L << 30;

  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(32)
          .maxNameLength(1024)
          .maxNumberLength(100)
          .maxStringLength(1 << 20)
          .maxDocumentLength(MAX_BYTES)
          .build();

  private MemberReader() {}

  /**
   * Reads strings and numbers.
   *
   * @param wanted JSON pointers of one or two names
   * @return by pointer, the text of each member that exists and is not null
   * @throws tools.jackson.core.JacksonException if the document is not JSON, or ends before all
   *     members are found
   */
  static Map<String, String> read(InputStream document, Set<String> wanted) {
    Map<String, String> facts = new HashMap<>();
    JsonFactory factory = JsonFactory.builder().streamReadConstraints(BOUNDS).build();
    try (JsonParser json = factory.createParser(ObjectReadContext.empty(), document)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        members(json, "", wanted, facts);
      }
    }
    return facts;
  }

  private static void members(
      JsonParser json, String prefix, Set<String> wanted, Map<String, String> facts) {
    while (facts.size() < wanted.size() && json.nextToken() == JsonToken.PROPERTY_NAME) {
      String pointer = prefix + "/" + json.currentName();
      JsonToken value = json.nextToken();
      if (value == JsonToken.START_OBJECT && prefix.isEmpty()) {
        members(json, pointer, wanted, facts);
      } else if (value.isStructStart()) {
        json.skipChildren();
      } else if (value != JsonToken.VALUE_NULL && wanted.contains(pointer)) {
        facts.put(pointer, json.getString());
      }
    }
  }
}
