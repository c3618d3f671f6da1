package io.github.dmtools.dmmerge.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class JsonTreeTest {
  private final JsonTree reader = new JsonTree(StreamReadConstraints.defaults());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "\"\\u00e4\\ud83d\\ude00\"",
        "-0",
        "-1.5e-3",
        "[[], {}, [1, 2147483648, 9223372036854775808, true, false, null], \"\"]",
        "{\"a\": {\"b\": [{\"c\": 1}]}, \"\": [\"d\"]}"
      })
  void readsWhatTheMapperReads(String json) {
    assertEquals(new JsonMapper().readTree(json), read(json));
  }

  @Test
  void readsNothingAsMissing() {
    assertTrue(read(" \n").isMissingNode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": 1, \"a\": 2}", "[1] 2", "[1", "{\"a\"}", "]", "{\"a\": [}"})
  void refusesWhatIsNotOneStrictValue(String json) {
    assertThrows(JsonFault.class, () -> read(json));
  }

  private JsonNode read(String json) {
    return reader.read(json.getBytes(StandardCharsets.UTF_8));
  }
}
